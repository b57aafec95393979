import type { Felt } from '#libs/felt';
import { feltToHex } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';
import { type FinanceFilter, followConditions } from './ledger-scope.ts';

/** The block that all pages of a list speak of. */
export interface PinnedBlock {
  readonly blockNumber: number;
  readonly blockHash: Felt;
}

export interface FinanceHeadRow {
  readonly block_number: number;
  readonly block_hash: string;
  readonly timestamp_seconds: string;
  readonly finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
}

/** The newest block, or the one of the first page: no row where a reorg left that one, or nothing is indexed. */
export const headRow = (networkId: number, pin: PinnedBlock | undefined): RawBuilder<FinanceHeadRow> =>
  pin === undefined
    ? sql`select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
      from cursors c join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
      where c.network_id = ${networkId}::integer`
    : sql`select b.block_number, b.block_hash, b.timestamp_seconds, b.finality
      from blocks b join cursors c on c.network_id = b.network_id and c.block_number >= b.block_number
      where b.network_id = ${networkId}::integer and b.canonical
        and b.block_number = ${pin.blockNumber}::bigint and b.block_hash = ${feltToHex(pin.blockHash)}::text`;

/** The first canonical block of that time or later; behind the head where nothing is as late. */
export const blockFrom = (
  networkId: number,
  seconds: RawBuilder<unknown>,
): RawBuilder<number> => sql`coalesce((
  select t.block_number from blocks t
  where t.network_id = ${networkId}::integer and t.canonical and t.timestamp_seconds >= ${seconds}
  order by t.timestamp_seconds, t.block_number limit 1
), 9007199254740991)::bigint`;

/** What is known of the accounts that an answer is about: one row. */
export interface StandingRow {
  readonly accounts: number;
  /** Looked at from a later block on than the answer begins at, or not yet at all. */
  readonly incomplete: number;
  /** Null where none of them is followed. */
  readonly recorded_from: number | null;
}

/**
 * `account_records` has no policy, so that the planner may read it whole beside all that is followed; `follows` lets through.
 * @param from the first block that the answer is about
 */
export const standingRow = (
  networkId: number,
  filter: FinanceFilter,
  from: RawBuilder<number>,
): RawBuilder<StandingRow> => sql`
  select count(*)::bigint as accounts, max(a.recorded_from)::bigint as recorded_from,
    count(*) filter (where a.recorded_from is null or a.recorded_from > ${from})::bigint as incomplete
  from (
    select acc.recorded_from
    from follows fo left join account_records acc on acc.network_id = fo.network_id and acc.account = fo.account
    where ${followConditions(networkId, filter)}
  ) a`;
