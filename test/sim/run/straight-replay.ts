import type { BlockTree } from '../chains/block-tree.ts';
import { COMPARED_LATE } from '../compare/late-tables.ts';
import { type Snapshot, takeSnapshot } from '../compare/snapshot.ts';
import { checkAgainstStorage } from '../compare/storage-check.ts';
import { COMPARED, COMPARED_IN_FORCE } from '../compare/tables.ts';
import type { SimPostgres } from '../database/sim-postgres.ts';
import { type Mode, type Rates, World } from './world.ts';

const NONE: Rates = { rpc: 0, statement: 0, commit: 0, kill: 0 };

/** What an index of the whole chain must hold. */
export interface Expected {
  readonly everything: Snapshot;
  readonly inForce: Snapshot;
}

const straight = new WeakMap<BlockTree, Expected>();
const watched = new WeakMap<BlockTree, Snapshot>();

/** The index of a fresh database that saw no fault and no reorg, checked against the chain itself. */
export const straightReplay = async (tree: BlockTree, postgres: SimPostgres): Promise<Expected> => {
  const known = straight.get(tree);
  if (known) return known;
  await replay(tree, postgres, 'DISCOVERY');
  const expected = {
    everything: await takeSnapshot(postgres.db, COMPARED),
    inForce: await takeSnapshot(postgres.db, COMPARED_IN_FORCE),
  };
  straight.set(tree, expected);
  return expected;
};

/** The same of accounts that are on the watch list from the beginning: what a history must read in the end. */
export const watchedReplay = async (tree: BlockTree, postgres: SimPostgres): Promise<Snapshot> => {
  const known = watched.get(tree);
  if (known) return known;
  await replay(tree, postgres, 'WATCHED');
  const expected = await takeSnapshot(postgres.db, COMPARED_LATE);
  watched.set(tree, expected);
  return expected;
};

const replay = async (tree: BlockTree, postgres: SimPostgres, mode: Mode): Promise<void> => {
  const finalTip = tree.trunk.at(-1)!;
  const schedule = { startTip: finalTip, moves: [], finalTip };
  const world = new World({
    seed: 0,
    tree,
    schedule,
    mode,
    rates: NONE,
    leastFaults: 0,
    postgres,
  });
  try {
    await world.play();
  } finally {
    await world.close();
  }
  const wrong = await checkAgainstStorage(postgres.db, world.newest, tree.cast);
  if (wrong.length > 0) throw new Error(`the straight replay differs from storage:\n${wrong.join('\n')}`);
};
