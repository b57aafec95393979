import { type Db, isFollowed } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { sql } from 'kysely';

/** What rows of either ledger are asked for. Blocks and times are inclusive. */
export interface LedgerFilter {
  readonly account: Address;
  readonly sessionKey: SessionKey | undefined;
  readonly token: Address | undefined;
  readonly fromBlock: number | undefined;
  readonly toBlock: number | undefined;
  readonly fromSeconds: bigint | undefined;
  readonly toSeconds: bigint | undefined;
}

/** The newest committed block, and whether and from where on the account is followed: one row. */
export const headWithAccount = (db: Db, networkId: number, account: Address) =>
  db
    .selectFrom('cursors as c')
    .innerJoin('blocks as b', (join) =>
      join.onRef('b.network_id', '=', 'c.network_id').onRef('b.block_hash', '=', 'c.block_hash'),
    )
    .leftJoin('accounts as acc', (join) =>
      join.onRef('acc.network_id', '=', 'c.network_id').on('acc.address', '=', feltToHex(account)),
    )
    .where('c.network_id', '=', networkId)
    .select(['b.block_number', 'b.block_hash', 'b.timestamp_seconds', 'b.finality'])
    .select('acc.status as account_status')
    .select((eb) => eb.fn.coalesce('acc.recorded_from_block', 'acc.followed_from_block').as('recorded_from'));

/** Times are turned into blocks once, not row by row: block times never go back. */
const blockAtOrAfter = (networkId: number, seconds: bigint) => sql<number>`(
  select t.block_number from blocks t
  where t.network_id = ${networkId}::integer and t.canonical and t.timestamp_seconds >= ${seconds}::numeric
  order by t.timestamp_seconds, t.block_number limit 1
)`;

const blockAtOrBefore = (networkId: number, seconds: bigint) => sql<number>`(
  select t.block_number from blocks t
  where t.network_id = ${networkId}::integer and t.canonical and t.timestamp_seconds <= ${seconds}::numeric
  order by t.timestamp_seconds desc, t.block_number desc limit 1
)`;

/** The conditions on a ledger whose table goes by the name `l`. */
export const ledgerConditions = (networkId: number, filter: LedgerFilter) => {
  const { account, sessionKey, token, fromBlock, toBlock, fromSeconds, toSeconds } = filter;
  const conditions = [
    sql<boolean>`l.network_id = ${networkId}::integer and l.account = ${feltToHex(account)}`,
    isFollowed(networkId, sql`${feltToHex(account)}`),
  ];
  if (sessionKey !== undefined) conditions.push(sql<boolean>`l.session_key = ${feltToHex(sessionKey)}`);
  if (token !== undefined) conditions.push(sql<boolean>`l.token = ${feltToHex(token)}`);
  if (fromBlock !== undefined) conditions.push(sql<boolean>`l.block_number >= ${fromBlock}::bigint`);
  if (toBlock !== undefined) conditions.push(sql<boolean>`l.block_number <= ${toBlock}::bigint`);
  if (fromSeconds !== undefined)
    conditions.push(sql<boolean>`l.block_number >= ${blockAtOrAfter(networkId, fromSeconds)}`);
  if (toSeconds !== undefined)
    conditions.push(sql<boolean>`l.block_number <= ${blockAtOrBefore(networkId, toSeconds)}`);
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
};
