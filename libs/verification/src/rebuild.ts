import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { type Db, inTransaction, type Trx } from '#libs/database';
import {
  listAccountsWithFactsSince,
  type Projection,
  readSnapshotFloor,
  summarizeTallies,
  raiseGeneration,
} from '#libs/facts';
import { foldCompared } from './fold-compared.ts';
import { foldFacts, followedAccounts } from './fold-facts.ts';
import { type OnProgress, ProgressMeter } from './progress-meter.ts';
import { projections as allProjections } from './projections.ts';
import { findWrongMonths, putMonthsRight } from './put-months-right.ts';
import type { ComparisonSizes } from './row-comparison.ts';
import { ShadowSink } from './shadow-sink.ts';
import { ShadowTables } from './shadow-tables.ts';
import { exportSnapshot, inSnapshot } from './snapshot.ts';
import { unlessRefused } from './unless-refused.ts';
import { VerificationError } from './verification.error.ts';
import { checkFactBlocks, checkTallies } from './verify/fact-checks.ts';

export interface RebuildOptions {
  readonly projections?: readonly Projection[];
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** For specs: called when the facts are folded and nothing is swapped yet. */
  readonly beforeSwap?: () => Promise<void>;
  /** For specs: how much is held in memory. */
  readonly sizes?: ComparisonSizes;
}

export interface RebuildReport {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly facts: number;
  /** Rows that were put right, by table. */
  readonly changed: Readonly<Record<string, { readonly removed: number; readonly added: number }>>;
  /** Accounts that were folded a second time, since facts of them came meanwhile. */
  readonly again: number;
  /** How long the writer had to wait. */
  readonly swapMs: number;
}

/**
 * Folds every read model again from the facts, beside the live tables, and swaps the rows in one transaction. Readers
 * see the one state or the other; the writer waits for the swap only. What was committed while the facts were folded is
 * folded before the swap. Takes up to three connections of the pool, which has to have two.
 * @throws VerificationError FACTS_DAMAGED before anything is touched, CHAIN_UNSETTLED
 */
export const rebuild = (db: Db, networkId: number, options: RebuildOptions = {}): Promise<RebuildReport> =>
  db.connection().execute(async (connection) => {
    const shadows = new ShadowTables(options.projections ?? allProjections);
    try {
      await shadows.create(connection);
      return await rebuildInto({ pool: db, connection }, networkId, shadows, options);
    } finally {
      await shadows.drop(connection).catch(() => undefined);
    }
  });

/** A reorg while the facts are folded makes what was folded of another chain. */
const ATTEMPTS = 5;
/** So few accounts are folded while the writer waits. */
const FEW = 50;
const CATCH_UPS = 5;

/** The connection that has the shadow tables, and the pool for what is done beside it. */
interface Connections {
  readonly pool: Db;
  readonly connection: Db;
}

const rebuildInto = async (
  { pool, connection: db }: Connections,
  networkId: number,
  shadows: ShadowTables,
  options: RebuildOptions,
): Promise<RebuildReport> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const folded = await foldAll({ pool, connection: db }, networkId, shadows, options);
    const caught = await catchUp(db, networkId, shadows, folded, options);
    const months = await findWrongMonths(db, networkId);
    await options.beforeSwap?.();
    const report = await inTransaction(db, (trx) =>
      swap(trx, networkId, shadows, { ...caught, months }, options),
    );
    if (report !== undefined) return report;
  }
  throw new VerificationError('CHAIN_UNSETTLED', 'the chain was reorganised each time the facts were folded');
};

/** What the shadow tables are of. */
interface Folded {
  readonly cursor: CursorRow;
  readonly snapshot: string;
  readonly followed: Awaited<ReturnType<typeof followedAccounts>>;
  readonly facts: number;
  readonly again: number;
  /** Accounts whose rows they hold. Those of all others are as the live ones. */
  readonly accounts: ReadonlySet<string>;
}

interface CursorRow {
  readonly block_number: number;
  readonly block_hash: string;
}

const foldAll = (
  { pool, connection }: Connections,
  networkId: number,
  shadows: ShadowTables,
  { signal, onProgress, sizes, projections = allProjections }: RebuildOptions,
): Promise<Folded> =>
  inTransaction(
    connection,
    async (trx) => {
      await sql`set local statement_timeout = 0`.execute(trx);
      const start = await standing(trx, networkId);
      const snapshot = await exportSnapshot(trx);
      await shadows.empty(trx);
      const meter = new ProgressMeter('folding facts', start.facts, onProgress);
      const { differing } = await unlessRefused(
        signal,
        (either) => inSnapshot(pool, snapshot, (beside) => requireWholeFacts(beside, networkId, either)),
        (either) =>
          inSnapshot(pool, snapshot, (beside) =>
            foldCompared({
              ...{ trx, beside, shadows, sizes, projections, scope: { networkId }, signal: either },
              onFacts: (count) => meter.add(count),
            }),
          ),
      );
      return { ...start, again: 0, accounts: differing };
    },
    { isolationLevel: 'repeatable read' },
  );

const standing = async (trx: Trx, networkId: number): Promise<Omit<Folded, 'again' | 'accounts'>> => ({
  cursor: await requireCursorRow(trx, networkId),
  snapshot: await readSnapshotFloor(trx),
  followed: await followedAccounts(trx, networkId),
  facts: (await summarizeTallies(trx, networkId)).facts,
});

const requireCursorRow = async (trx: Trx, networkId: number): Promise<CursorRow> => {
  const row = await trx
    .selectFrom('cursors')
    .select(['block_number', 'block_hash'])
    .where('network_id', '=', networkId)
    .executeTakeFirst();
  if (row === undefined)
    throw new VerificationError('NOTHING_INDEXED', 'nothing of this network is indexed yet');
  return row;
};

/** Read models folded from what is left of damaged facts would be worse than those that are there. */
const requireWholeFacts = async (trx: Trx, networkId: number, signal: AbortSignal): Promise<void> => {
  const scope = { networkId, limit: 1 };
  const [damage] = [...(await checkTallies(trx, scope, { signal })), ...(await checkFactBlocks(trx, scope))];
  if (damage === undefined) return;
  throw new VerificationError(
    'FACTS_DAMAGED',
    `the facts of block ${damage.blockNumber ?? 'unknown'} are not complete: purser verify says more`,
  );
};

/** While many accounts have new facts they are folded before the writer is asked to wait. */
const catchUp = async (
  db: Db,
  networkId: number,
  shadows: ShadowTables,
  start: Folded,
  options: RebuildOptions,
): Promise<Folded> => {
  let folded = start;
  for (let round = 0; round < CATCH_UPS; round += 1) {
    const next = await inTransaction(
      db,
      async (trx) => {
        if (!(await isCanonical(trx, networkId, folded.cursor))) return undefined;
        const changed = await changedSince(trx, networkId, folded);
        if (changed.length <= FEW) return undefined;
        return await foldAgain(trx, networkId, shadows, folded, changed, options);
      },
      { isolationLevel: 'repeatable read' },
    );
    if (next === undefined) return folded;
    folded = next;
  }
  return folded;
};

const foldAgain = async (
  trx: Trx,
  networkId: number,
  shadows: ShadowTables,
  folded: Folded,
  accounts: readonly string[],
  { signal, projections = allProjections }: RebuildOptions,
): Promise<Folded> => {
  const start = await standing(trx, networkId);
  await shadows.forget(trx, accounts);
  await foldFacts(trx, networkId, {
    projections,
    accounts,
    ...(signal && { signal }),
    into: new ShadowSink(trx, shadows),
  });
  const all = new Set([...folded.accounts, ...accounts]);
  return { ...start, again: folded.again + accounts.length, accounts: all };
};

const isCanonical = async (trx: Trx, networkId: number, { block_hash }: CursorRow): Promise<boolean> => {
  const row = await trx
    .selectFrom('blocks')
    .select('canonical')
    .where('network_id', '=', networkId)
    .where('block_hash', '=', block_hash)
    .executeTakeFirst();
  return row?.canonical === true;
};

/** Accounts with facts that the fold did not see, or followed from another block than it took them to be. */
const changedSince = async (trx: Trx, networkId: number, folded: Folded): Promise<string[]> => {
  const now = await followedAccounts(trx, networkId);
  const moved = [...new Set([...now.keys(), ...folded.followed.keys()])].filter(
    (address) => !isDeepStrictEqual(now.get(address), folded.followed.get(address)),
  );
  const grown = await listAccountsWithFactsSince(trx, networkId, folded.snapshot);
  return [...new Set([...moved, ...grown])];
};

/** Holds the cursor: nothing is committed to the network until the swap is. Nothing where the chain was reorganised. */
const swap = async (
  trx: Trx,
  networkId: number,
  shadows: ShadowTables,
  folded: Folded & { readonly months: Awaited<ReturnType<typeof findWrongMonths>> },
  options: RebuildOptions,
): Promise<RebuildReport | undefined> => {
  const startMs = performance.now();
  await sql`set local statement_timeout = 0`.execute(trx);
  await sql`select 1 from cursors where network_id = ${networkId}::integer for update`.execute(trx);
  if (!(await isCanonical(trx, networkId, folded.cursor))) return undefined;
  const accounts = await changedSince(trx, networkId, folded);
  const last =
    accounts.length === 0 ? folded : await foldAgain(trx, networkId, shadows, folded, accounts, options);
  const changed = await shadows.apply(trx, { networkId, accounts: [...last.accounts] });
  // Whoever remembers the old rows must not fold on from them.
  const isChanged = Object.values(changed).some(({ removed, added }) => removed + added > 0);
  if (isChanged) {
    await raiseGeneration(trx, networkId);
  }
  // Nobody remembers these. After the ledgers, whose triggers went on from what was wrong.
  changed['account_months'] = await putMonthsRight(trx, networkId, folded.months);
  const { facts, again, cursor } = last;
  const { block_number: blockNumber, block_hash: blockHash } = cursor;
  return { blockNumber, blockHash, facts, changed, again, swapMs: performance.now() - startMs };
};
