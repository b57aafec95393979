import type { FollowSource, Trx } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { sql } from 'kysely';

/** Whose follows: one organisation on one network. */
export interface FollowsOf {
  readonly organisationId: number;
  readonly networkId: number;
}

export interface FollowTexts {
  readonly label: string | null;
  readonly team: string | null;
  readonly costCentre: string | null;
}

export interface StoredFollow extends FollowTexts {
  /** As printed. */
  readonly account: string;
  readonly source: FollowSource;
}

/** Those that are followed of the accounts, by address as printed, locked until the transaction ends. */
export const lockFollows = async (
  trx: Trx,
  { organisationId, networkId }: FollowsOf,
  accounts: readonly Address[],
): Promise<ReadonlyMap<string, StoredFollow>> => {
  const rows = await trx
    .selectFrom('follows')
    .select(['account', 'label', 'team', 'cost_centre as costCentre', 'source'])
    .where('organisation_id', '=', organisationId)
    .where('network_id', '=', networkId)
    .where('account', '=', sql<string>`any(${accounts.map(feltToHex)}::text[])`)
    .orderBy('account')
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.account, row]));
};

/** Writes follows as they are given, whether or not they are there. */
export const putFollows = async (
  trx: Trx,
  { organisationId, networkId }: FollowsOf,
  follows: readonly StoredFollow[],
): Promise<void> => {
  if (follows.length === 0) return;
  const ordered = follows.toSorted((a, b) => (a.account < b.account ? -1 : 1));
  await sql`
    insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
    select ${organisationId}::integer, ${networkId}::integer, r.account, r.label, r.team, r."costCentre", r.source
    from jsonb_to_recordset(${JSON.stringify(ordered)}::text::jsonb)
      as r(account text, label text, team text, "costCentre" text, source text)
    on conflict (organisation_id, network_id, account) do update
      set label = excluded.label, team = excluded.team, cost_centre = excluded.cost_centre, source = excluded.source`.execute(
    trx,
  );
};

/** Asks the indexer for accounts; whether somebody else follows them already is not told. */
export const requestFromIndexer = async (
  trx: Trx,
  networkId: number,
  accounts: readonly Address[],
): Promise<void> => {
  await sql`select request_accounts(${networkId}::integer, ${accounts.map(feltToHex)}::text[])`.execute(trx);
};

/** Takes follows away, and notes that rules are not to bring them back. Groups lose them too. */
export const dropFollows = async (
  trx: Trx,
  { organisationId, networkId }: FollowsOf,
  accounts: readonly string[],
): Promise<void> => {
  await trx
    .deleteFrom('follows')
    .where('organisation_id', '=', organisationId)
    .where('network_id', '=', networkId)
    .where('account', '=', sql<string>`any(${accounts}::text[])`)
    .execute();
  await sql`
    insert into unfollows (organisation_id, network_id, account)
    select ${organisationId}::integer, ${networkId}::integer, unnest(${accounts}::text[])
    on conflict do nothing`.execute(trx);
};

/** Accounts that are wanted by name are found by rules again, too. */
export const dropUnfollows = async (
  trx: Trx,
  { organisationId, networkId }: FollowsOf,
  accounts: readonly Address[],
): Promise<void> => {
  await trx
    .deleteFrom('unfollows')
    .where('organisation_id', '=', organisationId)
    .where('network_id', '=', networkId)
    .where('account', '=', sql<string>`any(${accounts.map(feltToHex)}::text[])`)
    .execute();
};
