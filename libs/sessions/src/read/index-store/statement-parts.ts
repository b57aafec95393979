import type { AccountStatus, Db } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { sql } from 'kysely';

/** The newest committed block of a network: what every answer from the index speaks of. */
export const headOf = (db: Db, networkId: number) =>
  db
    .selectFrom('cursors as c')
    .innerJoin('blocks as b', (join) =>
      join.onRef('b.network_id', '=', 'c.network_id').onRef('b.block_hash', '=', 'c.block_hash'),
    )
    .where('c.network_id', '=', networkId)
    .select(['b.network_id', 'b.block_number', 'b.block_hash', 'b.timestamp_seconds', 'b.finality']);

/** An account as a column of the statement, by its name, or as a value; nothing where none is asked for. */
type AccountRef = string | Address | undefined;

const accountOf = (account: AccountRef) =>
  typeof account === 'string'
    ? sql.ref(account)
    : sql`${account === undefined ? null : feltToHex(account)}::text`;

/** First block of the open coverage range of an account: everything from there to the cursor was read. */
export const coveredFrom = (kind: 'EVENTS' | 'STATE', networkId: number, account: AccountRef) =>
  sql<number | null>`(
    select cov.from_block from coverage cov
    where cov.network_id = ${networkId} and cov.account = ${accountOf(account)}
      and cov.kind = ${sql.lit(kind)} and cov.to_block is null
  )`;

/** What `sessionFromRow` reads of a session version called sv. */
export const SESSION_COLUMNS = [
  'sv.account',
  'sv.session_key',
  'sv.valid_until_seconds',
  'sv.max_calls',
  'sv.calls_used',
  'sv.allowed_entrypoints',
  'sv.allowed_entrypoints_len',
  'sv.entrypoints_known',
  'sv.lifecycle',
  'sv.lifecycle_block',
  'sv.lifecycle_tx',
] as const;

export const accountStatusOf = (networkId: number, account: AccountRef) =>
  sql<AccountStatus | null>`(
    select acc.status from accounts acc
    where acc.network_id = ${networkId} and acc.address = ${accountOf(account)}
  )`;

/** Whether the account ever had a session key. One that only an abandoned branch had left its slots, and no version. */
export const hasSessionKeys = (networkId: number, account: AccountRef) =>
  sql<boolean>`exists (
    select from session_versions has where has.network_id = ${networkId} and has.account = ${accountOf(account)}
  )`;

/** How many session keys the account ever had. */
export const sessionKeyCount = (networkId: number, account: AccountRef) =>
  sql<number>`(
    select count(distinct had.session_key) from session_versions had
    where had.network_id = ${networkId} and had.account = ${accountOf(account)}
  )`;

/** Storage decides: a policy that limits is in force whatever the last event said. */
export const policyInForce = (policy: string) =>
  sql<boolean>`(${sql.ref(`${policy}.lifecycle`)} = 'SET' or ${sql.ref(`${policy}.max_per_window`)} <> 0)`;

/** The policies in force of a session key, as JSON with every number as text: JSON numbers would lose digits. */
export const policiesOf = (networkId: number, account: string, sessionKey: string) =>
  sql<PolicyJson[]>`(
    select coalesce(jsonb_agg(jsonb_build_object(
      'token', pv.token,
      'maxPerCall', pv.max_per_call::text,
      'maxPerWindow', pv.max_per_window::text,
      'windowSeconds', pv.window_seconds::text,
      'spentInWindow', pv.spent_in_window::text,
      'windowStartSeconds', pv.window_start_seconds::text
    ) order by pv.token), '[]'::jsonb)
    from policy_versions pv
    where pv.network_id = ${networkId} and pv.account = ${sql.ref(account)}
      and pv.session_key = ${sql.ref(sessionKey)} and pv.valid_to_block is null and ${policyInForce('pv')}
  )`;

export interface PolicyJson {
  readonly token: string;
  readonly maxPerCall: string;
  readonly maxPerWindow: string;
  readonly windowSeconds: string;
  readonly spentInWindow: string;
  readonly windowStartSeconds: string;
}
