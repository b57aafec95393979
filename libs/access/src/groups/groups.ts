import { PurserError } from '#libs/api';
import type { Db, Trx } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { sql } from 'kysely';
import { appendAudit } from '../audit/append-audit.ts';
import { accountId, requireFew, requireFollowed, requireText } from '../follows/follow-accounts.ts';
import { lockFollows } from '../follows/follows.repository.ts';
import { holdPortfolio, type OrganisationWork } from '../organisations/organisation-work.ts';

/** Groups that an organisation may have: all of them are one answer. */
export const MOST_GROUPS = 500;
const LONGEST_NAME = 100;

export interface Group {
  readonly groupId: string;
  readonly name: string;
  /** Of all networks, as far as who asks sees them. */
  readonly accounts: number;
  readonly createdAt: Date;
}

/** All groups of the organisation that is set, by name. */
export const groupListStatement = (db: Db) =>
  db
    .selectFrom('groups as g')
    .select(['g.group_id as groupId', 'g.name', 'g.created_at as createdAt'])
    .select(
      sql<number>`(
        select count(*) from group_members m where m.organisation_id = g.organisation_id and m.group_id = g.group_id
      )::integer`.as('accounts'),
    )
    .where('g.organisation_id', '=', sql<number>`current_organisation()`)
    .orderBy('g.name')
    .orderBy('g.group_id')
    .limit(MOST_GROUPS);

/** @throws PurserError CONFLICT where the name is taken or there are 500 groups; BAD_INPUT for an unfit name */
export const createGroup = async (work: OrganisationWork, name: string): Promise<Group> => {
  const wanted = requireName(name);
  await holdPortfolio(work);
  await requireFreeName(work, wanted, undefined);
  await requireRoom(work);
  const { groupId } = await work.trx
    .insertInto('groups')
    .values({ organisation_id: work.organisationId, name: wanted })
    .returning('group_id as groupId')
    .executeTakeFirstOrThrow();
  const after = { name: wanted };
  await appendAudit(work.trx, work.actor, {
    ...{ action: 'GROUP_CREATED', objectKind: 'GROUP', objectId: groupId, after },
  });
  return await requireGroup(work, groupId);
};

/** One that has the name stays as it is. @throws PurserError NOT_FOUND; CONFLICT, BAD_INPUT as createGroup does */
export const renameGroup = async (work: OrganisationWork, groupId: string, name: string): Promise<Group> => {
  const wanted = requireName(name);
  await holdPortfolio(work);
  const group = await requireGroup(work, groupId);
  if (group.name === wanted) return group;
  await requireFreeName(work, wanted, groupId);
  await work.trx
    .updateTable('groups')
    .set({ name: wanted })
    .where('organisation_id', '=', work.organisationId)
    .where('group_id', '=', groupId)
    .execute();
  await appendAudit(work.trx, work.actor, {
    ...{ action: 'GROUP_RENAMED', objectKind: 'GROUP', objectId: groupId },
    before: { name: group.name },
    after: { name: wanted },
  });
  return { ...group, name: wanted };
};

/** Its accounts stay followed. @returns false where the organisation has no such group (any more). */
export const deleteGroup = async (work: OrganisationWork, groupId: string): Promise<boolean> => {
  await holdPortfolio(work);
  const group = await findGroup(work.trx, groupId);
  if (group === undefined) return false;
  const accounts = await membersOf(work, groupId);
  await work.trx
    .deleteFrom('groups')
    .where('organisation_id', '=', work.organisationId)
    .where('group_id', '=', groupId)
    .execute();
  await appendAudit(work.trx, work.actor, {
    ...{ action: 'GROUP_DELETED', objectKind: 'GROUP', objectId: groupId },
    before: { name: group.name, accounts },
  });
  return true;
};

/** Those in it already stay. @throws PurserError NOT_FOUND for no such group, or an account that is not followed; BAD_INPUT */
export const addToGroup = async (
  work: OrganisationWork,
  networkId: number,
  groupId: string,
  accounts: readonly Address[],
): Promise<Group> => {
  const group = await holdGroup(work, groupId, accounts.length);
  const { trx, organisationId } = work;
  requireFollowed(await lockFollows(trx, { organisationId, networkId }, accounts), accounts);
  const { rows } = await sql<{ account: string }>`
    insert into group_members (organisation_id, group_id, network_id, account)
    select ${organisationId}::integer, ${groupId}, ${networkId}::integer, w.account
    from (select distinct unnest(${accounts.map(feltToHex)}::text[]) as account) w order by w.account
    on conflict do nothing returning account`.execute(trx);
  return await changedMembers(work, networkId, group, 'GROUP_ACCOUNTS_ADDED', rows);
};

/** Those that are not in it stay out. @throws PurserError NOT_FOUND for no such group; BAD_INPUT */
export const removeFromGroup = async (
  work: OrganisationWork,
  networkId: number,
  groupId: string,
  accounts: readonly Address[],
): Promise<Group> => {
  const group = await holdGroup(work, groupId, accounts.length);
  const rows = await work.trx
    .deleteFrom('group_members')
    .where('organisation_id', '=', work.organisationId)
    .where('group_id', '=', groupId)
    .where('network_id', '=', networkId)
    .where('account', '=', sql<string>`any(${accounts.map(feltToHex)}::text[])`)
    .returning('account')
    .execute();
  return await changedMembers(work, networkId, group, 'GROUP_ACCOUNTS_REMOVED', rows);
};

/** A group that so many accounts are put into or taken out of. */
const holdGroup = async (work: OrganisationWork, groupId: string, accounts: number): Promise<Group> => {
  requireFew(accounts);
  await holdPortfolio(work);
  return await requireGroup(work, groupId);
};

const changedMembers = async (
  work: OrganisationWork,
  networkId: number,
  group: Group,
  action: 'GROUP_ACCOUNTS_ADDED' | 'GROUP_ACCOUNTS_REMOVED',
  rows: readonly { readonly account: string }[],
): Promise<Group> => {
  if (rows.length === 0) return group;
  const changed = await requireGroup(work, group.groupId);
  const accounts = rows.map(({ account }) => accountId(networkId, account)).sort();
  const word = action === 'GROUP_ACCOUNTS_ADDED' ? 'added' : 'removed';
  await appendAudit(work.trx, work.actor, {
    ...{ action, objectKind: 'GROUP', objectId: group.groupId },
    before: { name: group.name, accounts: group.accounts },
    after: { name: group.name, accounts: changed.accounts, [word]: accounts },
  });
  return changed;
};

const membersOf = async ({ trx, organisationId }: OrganisationWork, groupId: string): Promise<string[]> => {
  const rows = await trx
    .selectFrom('group_members')
    .select(['network_id', 'account'])
    .where('organisation_id', '=', organisationId)
    .where('group_id', '=', groupId)
    .orderBy('network_id')
    .orderBy('account')
    .execute();
  return rows.map(({ network_id, account }) => accountId(network_id, account));
};

const findGroup = (trx: Trx, groupId: string): Promise<Group | undefined> =>
  groupListStatement(trx).where('g.group_id', '=', groupId).executeTakeFirst();

const requireGroup = async ({ trx }: OrganisationWork, groupId: string): Promise<Group> => {
  const group = await findGroup(trx, groupId);
  if (group === undefined) throw new PurserError('NOT_FOUND', 'The organisation has no group of that id.');
  return group;
};

const requireName = (name: string): string => {
  const tidy = requireText(name, LONGEST_NAME);
  if (tidy === null) throw new PurserError('BAD_INPUT', 'A group needs a name.');
  return tidy;
};

const requireFreeName = async (
  { trx, organisationId }: OrganisationWork,
  name: string,
  exceptOf: string | undefined,
): Promise<void> => {
  const taken = await trx
    .selectFrom('groups')
    .select('group_id')
    .where('organisation_id', '=', organisationId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken !== undefined && taken.group_id !== exceptOf)
    throw new PurserError('CONFLICT', 'The organisation has a group of that name.');
};

const requireRoom = async ({ trx, organisationId }: OrganisationWork): Promise<void> => {
  const { count } = await trx
    .selectFrom('groups')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organisation_id', '=', organisationId)
    .executeTakeFirstOrThrow();
  if (count >= MOST_GROUPS)
    throw new PurserError('CONFLICT', `An organisation has at most ${MOST_GROUPS} groups.`);
};
