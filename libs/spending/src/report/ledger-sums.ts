import { type RawBuilder, sql } from 'kysely';
import {
  ADDED,
  groupByKeys,
  KEY_COLUMNS,
  type KeyColumns,
  namesOf,
  type RowGroup,
  rowKeysOf,
  selectKeys,
} from './group-keys.ts';
import { type FinanceFilter, followConditions, rowConditions } from './ledger-scope.ts';

const COLUMNS: KeyColumns = {
  ...KEY_COLUMNS,
  // The blocks of a day lie together and the numbers are in order: no row is looked up for its time.
  part: sql`width_bucket(l.block_number::bigint, bounds.blocks)`,
};

export interface AskedSums {
  readonly groups: readonly RowGroup[];
  readonly filter: FinanceFilter;
}

/** Sums of one ledger by the keys. `follows` is what lets an account through: row-level security leaves those of the organisation. */
const summed = (
  networkId: number,
  { groups, filter }: AskedSums,
  ledger: RawBuilder<unknown>,
  sums: RawBuilder<unknown>,
) => {
  const keys = rowKeysOf(groups);
  return sql`
    select ${selectKeys(keys, COLUMNS)}, ${sums}
    from bounds cross join head
    join ${ledger} l on l.block_number >= bounds.blocks[1] and l.block_number < bounds.blocks[cardinality(bounds.blocks)]
      and l.block_number <= head.block_number
    join follows fo on fo.network_id = l.network_id and fo.account = l.account
    where ${rowConditions(networkId, filter)} and ${followConditions(networkId, filter)}
    group by ${groupByKeys(keys)}`;
};

const debited = sql`sum(l.amount) as debited, count(*) as debits, 0::numeric as moved, 0::numeric as received, 0::bigint as movements`;
const moved = sql`0::numeric as debited, 0::bigint as debits,
  coalesce(sum(l.amount) filter (where l.direction <> 'IN'), 0) as moved,
  coalesce(sum(l.amount) filter (where l.direction = 'IN'), 0) as received, count(*) filter (where l.direction <> 'IN') as movements`;

/** By the keys, out of the rows of both ledgers between the first and the last of `bounds`, up to `head`. */
export const ledgerSums = (networkId: number, asked: AskedSums): RawBuilder<unknown> => {
  const names = namesOf(rowKeysOf(asked.groups));
  return sql`
    select ${names}, ${ADDED} from (
      ${summed(networkId, asked, sql`debits`, debited)}
      union all
      ${summed(networkId, asked, sql`movements`, moved)}
    ) both_ledgers group by ${names}`;
};
