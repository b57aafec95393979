import { type RawBuilder, sql } from 'kysely';
import type { Edge, MonthPlan, SummedMonth } from '../period/month-plan.ts';
import {
  groupByKeys,
  KEY_COLUMNS,
  type KeyColumns,
  rowKeysOf,
  selectKeys,
  type SpendingGroup,
} from './group-keys.ts';
import { blockFrom } from './head.statement.ts';
import type { AskedSums } from './ledger-sums.ts';
import { type FinanceFilter, followConditions, rowConditions } from './ledger-scope.ts';

const COLUMNS: KeyColumns = { ...KEY_COLUMNS, part: sql`l.part` };

/** What the sums of months are kept by, or what follows from it. */
const KEPT_BY: ReadonlySet<SpendingGroup> = new Set([
  ...(['MONTH', 'TOKEN', 'ACCOUNT', 'LABEL', 'TEAM', 'COST_CENTRE', 'GROUP'] as const),
]);

/** Whether months say what is asked: not by day, week, session key or recipient, nor of some of these only. */
export const isKeptByMonth = ({
  groups,
  filter,
}: {
  readonly groups: readonly SpendingGroup[];
  readonly filter: FinanceFilter;
}): boolean =>
  groups.every((group) => KEPT_BY.has(group)) &&
  filter.sessionKey === undefined &&
  filter.recipient === undefined;

/**
 * By the keys, out of the sums of months and the rows of both ledgers at the edges: the very rows that `ledgerSums` gives.
 * The sums are those of the newest block. Where `head` is an older one (`isPinned`), what came after it is taken off.
 */
export const monthSums = (
  networkId: number,
  { groups, filter }: AskedSums,
  plan: MonthPlan,
  isPinned: boolean,
): RawBuilder<unknown> => {
  const keys = rowKeysOf(groups);
  const hasEdges = isPinned || plan.edges.length > 0;
  return sql`
    ${hasEdges ? sql`with edges as materialized (${edgeBlocks(networkId, plan, isPinned)})` : sql``}
    select ${selectKeys(keys, COLUMNS)}, sum(l.debited) as debited, sum(l.debits) as debits, sum(l.moved) as moved,
      sum(l.received) as received, sum(l.movements) as movements
    from (
      ${monthRows(networkId, filter, plan.months)}
      ${hasEdges ? sql`union all ${edgeRows(networkId, filter)}` : sql``}
    ) l
    join follows fo on fo.network_id = ${networkId}::integer and fo.account = l.account
    where ${followConditions(networkId, filter)}
    group by ${groupByKeys(keys)}
    having sum(l.debits) <> 0 or sum(l.movements) <> 0 or sum(l.receipts) <> 0`;
};

// Each month a value of its own: a list of them is looked up in an index, and counted by the planner, where it is known.
const monthRows = (networkId: number, filter: FinanceFilter, months: readonly SummedMonth[]) => {
  const dates = months.map(({ month }) => sql`${month}::date`);
  const parts = months.map(({ part }, at) => sql`when ${dates[at]} then ${part}::integer`);
  return sql`
    select l.account, l.token, case l.month ${sql.join(parts, sql` `)} end as part, l.debited, l.debits, l.moved, l.received,
      l.movements, l.receipts
    from account_months l
    where ${rowConditions(networkId, filter)} and l.month in (${sql.join(dates)})`;
};

/**
 * The rows of a ledger at each edge. Looked up edge by edge (`offset 0` keeps it so): joined, a stretch of blocks looks to the
 * planner like a part of the whole ledger, and it reads all of it.
 */
const atEdges = (networkId: number, filter: FinanceFilter, ledger: RawBuilder<unknown>) => sql`
  edges e cross join lateral (
    select l.* from ${ledger} l
    where l.block_number >= e.from_block and l.block_number < e.to_block and ${rowConditions(networkId, filter)}
    offset 0
  ) l`;

/** Each row of a ledger at an edge as a sum of its own, taken off where the edge is. */
const edgeRows = (networkId: number, filter: FinanceFilter) => sql`
  select l.account, l.token, e.part, e.sign * l.amount, e.sign, 0, 0, 0, 0
  from ${atEdges(networkId, filter, sql`debits`)}
  union all
  select l.account, l.token, e.part, 0, 0,
    case when l.direction <> 'IN' then e.sign * l.amount else 0 end,
    case when l.direction = 'IN' then e.sign * l.amount else 0 end,
    case when l.direction <> 'IN' then e.sign else 0 end,
    case when l.direction = 'IN' then e.sign else 0 end
  from ${atEdges(networkId, filter, sql`movements`)}`;

/** As blocks, `to_block` exclusive: nothing above the head is added, and all of the months above it is taken off. */
const edgeBlocks = (networkId: number, { months, edges }: MonthPlan, isPinned: boolean) => {
  const first = blockFrom(networkId, sql`e.from_seconds`);
  const end = blockFrom(networkId, sql`e.to_seconds`);
  const upToHead = sql`
    select e.part, e.sign, ${first} as from_block, least(${end}, head.block_number + 1) as to_block
    from head cross join ${rowsOf(edges)}`;
  if (!isPinned) return upToHead;
  const above = months.map((month): Edge => ({ ...month, sign: -1 }));
  return sql`${upToHead} union all
    select e.part, e.sign, greatest(${first}, head.block_number + 1), ${end} from head cross join ${rowsOf(above)}`;
};

const rowsOf = (edges: readonly Edge[]) => sql`unnest(
    ${edges.map(({ part }) => part)}::integer[], ${edges.map(({ sign }) => sign)}::integer[],
    ${edges.map(({ fromSeconds }) => String(fromSeconds))}::numeric[], ${edges.map(({ toSeconds }) => String(toSeconds))}::numeric[]
  ) as e (part, sign, from_seconds, to_seconds)`;
