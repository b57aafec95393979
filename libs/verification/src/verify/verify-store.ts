import { sql } from 'kysely';
import { type Db, inTransaction, type Trx } from '#libs/database';
import { type Projection, readCursor, summarizeTallies } from '#libs/facts';
import { foldCompared } from '../fold-compared.ts';
import { type OnProgress, ProgressMeter } from '../progress-meter.ts';
import { projections as allProjections } from '../projections.ts';
import type { ComparisonSizes } from '../row-comparison.ts';
import { ShadowTables, type TableDifference } from '../shadow-tables.ts';
import { exportSnapshot, inSnapshot } from '../snapshot.ts';
import { checkAccounts } from './account-checks.ts';
import { checkAlerts } from './alert-checks.ts';
import { checkBlocks } from './block-checks.ts';
import { checkFactBlocks, checkTallies, complaintFinding } from './fact-checks.ts';
import type { Finding } from './finding.ts';
import { monthDifferences } from './month-checks.ts';
import type { NetworkScope } from './scope.ts';

export interface VerifyOptions {
  /** Only this account's read models. The blocks and facts are looked at as a whole. */
  readonly account?: string;
  readonly projections?: readonly Projection[];
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Findings listed of each kind. Default 100. */
  readonly limit?: number;
  /** For specs: how much is held in memory. */
  readonly sizes?: ComparisonSizes;
}

export interface StoreReport {
  readonly blockNumber: number | undefined;
  readonly blockHash: bigint | undefined;
  readonly facts: number;
  readonly findings: readonly Finding[];
}

/**
 * Holds the store against itself, at one moment, while it is being written and read: blocks, facts against their
 * tallies, every read model against the facts folded again, sums of months, coverage, alerts. Changes nothing. Takes two
 * connections of the pool.
 */
export const verifyStore = (db: Db, networkId: number, options: VerifyOptions = {}): Promise<StoreReport> =>
  inTransaction(db, (trx) => verify(db, trx, networkId, options), { isolationLevel: 'repeatable read' });

const verify = async (
  pool: Db,
  trx: Trx,
  networkId: number,
  options: VerifyOptions,
): Promise<StoreReport> => {
  // Longer than any answer may take; the signal ends it.
  await sql`set local statement_timeout = 0`.execute(trx);
  const { account, limit = 100, signal, onProgress } = options;
  const scope: NetworkScope = { networkId, limit, ...(account !== undefined && { accounts: [account] }) };
  const cursor = await readCursor(trx, networkId);
  const { facts } = await summarizeTallies(trx, networkId);
  const findings = [
    ...(await checkBlocks(trx, scope)),
    ...(await checkTallies(trx, scope, { signal, onProgress })),
    ...(await checkFactBlocks(trx, scope)),
    ...(await checkAccounts(trx, scope)),
    ...(await checkAlerts(trx, scope)),
    ...(await checkReadModels(pool, trx, scope, facts, options)),
    ...(await monthDifferences(trx, scope)).map(differenceFinding),
  ];
  return { blockNumber: cursor?.blockNumber, blockHash: cursor?.blockHash, facts, findings };
};

const checkReadModels = async (
  pool: Db,
  trx: Trx,
  scope: NetworkScope,
  facts: number,
  { projections = allProjections, sizes, signal, onProgress }: VerifyOptions,
): Promise<Finding[]> => {
  const shadows = new ShadowTables(projections);
  await shadows.create(trx);
  const meter = new ProgressMeter('folding facts again', facts, onProgress);
  const { differing, complaints } = await inSnapshot(pool, await exportSnapshot(trx), (beside) =>
    foldCompared({
      ...{ trx, beside, shadows, scope, sizes, projections },
      ...(signal && { signal }),
      onFacts: (count) => meter.add(count),
    }),
  );
  const different = { networkId: scope.networkId, accounts: [...differing] };
  const differences = await shadows.differences(trx, different, scope.limit);
  await shadows.drop(trx);
  return [...complaints.slice(0, scope.limit).map(complaintFinding), ...differences.map(differenceFinding)];
};

const differenceFinding = ({ table, key, expected, found }: TableDifference): Finding => {
  const columns = Object.keys({ ...expected, ...found }).filter(
    (name) => !(name in key) && expected?.[name] !== found?.[name],
  );
  const pick = (row: TableDifference['found']) =>
    row === undefined ? null : Object.fromEntries(columns.map((name) => [name, row[name] ?? null]));
  return {
    code: 'READ_MODEL_DIFFERS',
    subject: table,
    ...(typeof key['account'] === 'string' && { account: key['account'] }),
    details: { key, expected: pick(expected), found: pick(found) },
  };
};
