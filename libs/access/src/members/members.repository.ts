import type { Role } from '#libs/api';
import type { Db, Trx } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { sql } from 'kysely';
import type { StoredScope } from '../keys/stored-key.ts';
import type { MemberRequest } from './manage-members.ts';

/** A member as people see him in a list. */
export interface ListedMember {
  readonly memberId: string;
  readonly organisation: string;
  readonly name: string;
  readonly role: Role;
  readonly scope: StoredScope | undefined;
  /** With the subject: who comes by a token. */
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
  /** With the account: who comes by a signature. */
  readonly networkId: number | undefined;
  readonly account: string | undefined;
  readonly createdAt: Date;
  readonly disabledAt: Date | undefined;
}

/** Undefined: there is a member of that identity. @returns the id */
export const insertMember = async (
  trx: Trx,
  organisationId: number,
  { name, role, scope, identity }: MemberRequest,
): Promise<string | undefined> => {
  const row = await trx
    .insertInto('members')
    .values({
      organisation_id: organisationId,
      name,
      role,
      ...scopeColumns(scope),
      issuer: 'issuer' in identity ? identity.issuer : null,
      subject: 'issuer' in identity ? identity.subject : null,
      network_id: 'issuer' in identity ? null : identity.networkId,
      account: 'issuer' in identity ? null : feltToHex(identity.account),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('member_id')
    .executeTakeFirst();
  return row?.member_id;
};

/** As he stands, locked until the transaction ends. */
export const lockMember = async (
  trx: Trx,
  organisationId: number,
  memberId: string,
): Promise<ListedMember | undefined> => {
  const row = await listedRows(trx)
    .where('member.organisation_id', '=', organisationId)
    .where('member.member_id', '=', memberId)
    .forUpdate('member')
    .executeTakeFirst();
  return row === undefined ? undefined : toListedMember(row);
};

export const updateMember = async (
  trx: Trx,
  organisationId: number,
  memberId: string,
  change: Pick<MemberRequest, 'role' | 'scope'> | 'DISABLE',
): Promise<void> => {
  await trx
    .updateTable('members')
    .set(
      change === 'DISABLE'
        ? { disabled_at: sql<Date>`now()` }
        : { role: change.role, ...scopeColumns(change.scope) },
    )
    .where('organisation_id', '=', organisationId)
    .where('member_id', '=', memberId)
    .execute();
};

/** Members of the organisation of the scope, in the order of their ids. */
export const memberListStatement = (
  build: Db,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
) => {
  const statement = listedRows(build).orderBy('member.member_id').limit(limit);
  return after === undefined ? statement : statement.where('member.member_id', '>', after);
};

/** Of one organisation or of all, as the owner of the database. */
export const listMembers = async (db: Db, organisationId: number | undefined): Promise<ListedMember[]> => {
  const all = listedRows(db).orderBy('member.organisation_id').orderBy('member.created_at');
  const wanted =
    organisationId === undefined ? all : all.where('member.organisation_id', '=', organisationId);
  return (await wanted.execute()).map(toListedMember);
};

/** Whose a member is, as the owner of the database. Undefined: nobody's. */
export const organisationOfMember = async (db: Db, memberId: string): Promise<number | undefined> => {
  const row = await db
    .selectFrom('members')
    .select('organisation_id')
    .where('member_id', '=', memberId)
    .executeTakeFirst();
  return row?.organisation_id;
};

const listedRows = (db: Db) =>
  db
    .selectFrom('members as member')
    .innerJoin('organisations as organisation', 'organisation.organisation_id', 'member.organisation_id')
    .select([
      'member.member_id',
      'organisation.name as organisation',
      'member.name',
      'member.role',
      'member.scope_accounts',
      'member.scope_labels',
      'member.issuer',
      'member.subject',
      'member.network_id',
      'member.account',
      'member.created_at',
      'member.disabled_at',
    ]);

type ListedRow = Awaited<ReturnType<ReturnType<typeof listedRows>['execute']>>[number];

export const toListedMember = (row: ListedRow): ListedMember => ({
  memberId: row.member_id,
  organisation: row.organisation,
  name: row.name,
  role: row.role,
  scope:
    row.scope_accounts === null && row.scope_labels === null
      ? undefined
      : { accounts: row.scope_accounts ?? [], labels: row.scope_labels ?? [] },
  issuer: row.issuer ?? undefined,
  subject: row.subject ?? undefined,
  networkId: row.network_id ?? undefined,
  account: row.account ?? undefined,
  createdAt: row.created_at,
  disabledAt: row.disabled_at ?? undefined,
});

const scopeColumns = (scope: StoredScope | undefined) => ({
  scope_accounts: scope === undefined ? null : [...scope.accounts],
  scope_labels: scope === undefined ? null : [...scope.labels],
});
