import { sql } from 'kysely';
import type { CoverageKind, Trx } from '#libs/database';
import type { BlockRange } from '#libs/facts';
import type { Finding } from './finding.ts';
import type { NetworkScope } from './scope.ts';

interface AccountRow {
  readonly address: string;
  readonly status: string;
  readonly followed_from_block: number | null;
  /** The canonical block that it is followed from, where it is stored. */
  readonly followed_from_hash: string | null;
  readonly coverage: readonly CoverageRow[] | null;
  readonly read: readonly ReadFact[] | null;
}

interface CoverageRow {
  readonly kind: CoverageKind;
  readonly from_block: number;
  readonly to_block: number | null;
}

/** A fact that says what was read of an account beside the blocks that it is folded from. */
interface ReadFact {
  readonly kind: string;
  readonly block_number: number;
  readonly payload: Readonly<Record<string, string>>;
}

/** Each account is followed from a block that the index has, and covered by what was read of it. */
export const checkAccounts = async (trx: Trx, scope: NetworkScope): Promise<Finding[]> => {
  const { rows } = await accountRows(trx, scope);
  const cursor = await cursorNumber(trx, scope.networkId);
  return rows
    .flatMap((row) => [...accountFinding(row, cursor), ...coverageFindings(row)])
    .slice(0, scope.limit);
};

const accountRows = (trx: Trx, { networkId, accounts }: NetworkScope) =>
  sql<AccountRow>`
  select coalesce(a.address, c.account) as address, coalesce(a.status, 'UNKNOWN') as status, a.followed_from_block,
    start.block_hash as followed_from_hash, c.rows as coverage, f.rows as read
  from (select * from accounts where network_id = ${networkId}::integer) a
  full join (
    select account, jsonb_agg(jsonb_build_object('kind', kind, 'from_block', from_block, 'to_block', to_block)) as rows
    from coverage where network_id = ${networkId}::integer group by account
  ) c on c.account = a.address
  left join blocks start on start.network_id = ${networkId}::integer and start.block_number = a.followed_from_block
    and start.canonical
  left join lateral (
    select jsonb_agg(jsonb_build_object('kind', fact.kind, 'block_number', fact.block_number, 'payload', fact.payload)) as rows
    from facts fact
    join blocks block on block.network_id = fact.network_id and block.block_hash = fact.block_hash and block.canonical
    where fact.network_id = ${networkId}::integer and fact.account = a.address
      and ((fact.kind = 'AccountStateRead' and fact.block_number = a.followed_from_block) or fact.kind = 'HistoryRead')
  ) f on true
  ${accounts === undefined ? sql`` : sql`where coalesce(a.address, c.account) = any(${accounts}::text[])`}
  order by 1`.execute(trx);

const cursorNumber = async (trx: Trx, networkId: number): Promise<number> => {
  const row = await trx
    .selectFrom('cursors')
    .select('block_number')
    .where('network_id', '=', networkId)
    .executeTakeFirst();
  return row?.block_number ?? -1;
};

const accountFinding = (
  { address, status, followed_from_block: from }: AccountRow,
  cursor: number,
): Finding[] => {
  const isSound =
    status === 'UNKNOWN' ||
    (status === 'FOLLOWED' ? from !== null && from <= Math.max(cursor, 0) : from === null);
  if (isSound) return [];
  return [{ code: 'ACCOUNT_INVALID', subject: 'accounts', account: address, details: { status, from } }];
};

const coverageFindings = (row: AccountRow): Finding[] =>
  (['EVENTS', 'STATE'] as const).flatMap((kind) => {
    const found = (row.coverage ?? []).filter((range) => range.kind === kind).map(rangeOf);
    const expected = expectedCoverage(row, kind);
    if (printed(found) === printed(expected)) return [];
    const details = { kind, expected: printed(expected), found: printed(found) };
    return [{ code: 'COVERAGE_WRONG', subject: 'coverage', account: row.address, details }];
  });

const rangeOf = ({ from_block: fromBlock, to_block: toBlock }: CoverageRow): BlockRange => ({
  fromBlock,
  toBlock,
});

/**
 * An account that was read is known from the block that its reading states, any other one from the beginning. How far a
 * history is that does not reach that block yet is stated by facts of the kind HistoryRead, the last one of those that
 * lead to it: { kind, fromBlock, toBlock, endBlockHash, part }.
 */
const expectedCoverage = (
  { status, read, followed_from_hash: endHash }: AccountRow,
  kind: CoverageKind,
): readonly BlockRange[] => {
  if (status !== 'FOLLOWED') return [];
  const reading = read?.find((fact) => fact.kind === 'AccountStateRead')?.payload;
  const start = reading === undefined ? 0 : Number(reading[kind === 'STATE' ? 'stateFrom' : 'eventsFrom']);
  const history = (read ?? [])
    .filter(({ kind: of, payload }) => of === 'HistoryRead' && payload['kind'] === kind)
    .filter(({ payload }) => endHash !== null && payload['endBlockHash'] === endHash)
    .toSorted((a, b) => Number(b.payload['part']) - Number(a.payload['part']))
    .slice(0, 1)
    .map(({ payload }) => ({ fromBlock: Number(payload['fromBlock']), toBlock: Number(payload['toBlock']) }));
  return [{ fromBlock: start, toBlock: null }, ...history];
};

const printed = (ranges: readonly BlockRange[]): string =>
  ranges
    .toSorted((a, b) => a.fromBlock - b.fromBlock)
    .map(({ fromBlock, toBlock }) => `${fromBlock}-${toBlock ?? ''}`)
    .join(',');
