import { createHttpChainSource } from '#libs/chain';
import { createNetworkIndexer, type NetworkIndexer } from '#libs/indexing';
import { type BlockTree, commonAncestor, heightOf, pathTo } from '../chains/block-tree.ts';
import { ChainView } from '../chains/chain-view.ts';
import { differencesOf, takeSnapshot } from '../compare/snapshot.ts';
import { checkAgainstStorage } from '../compare/storage-check.ts';
import { COMPARED } from '../compare/tables.ts';
import type { SimPostgres } from '../database/sim-postgres.ts';

export interface DeepReorg {
  readonly depth: number;
  /** From the new chain being there to its newest block being committed. */
  readonly durationMs: number;
  readonly problems: readonly string[];
}

const PATIENCE_MS = 300_000;
const silent = (): void => undefined;

/**
 * Replaces so many blocks that are indexed by others, session commands and empty blocks, and compares the index with
 * a straight replay. Over real sockets and in real time.
 */
export const reorgOfDepth = async (
  depth: number,
  tree: BlockTree,
  postgres: SimPostgres,
): Promise<DeepReorg> => {
  const view = new ChainView(tree);
  const server = await view.sandbox.listen({ port: 0 });
  try {
    await postgres.empty();
    const trunk = tree.trunk.at(-1)!;
    const branch = tree.branchTips[0]!;
    const base = heightOf(tree, commonAncestor(tree, trunk, branch));
    view.moveTo(cutAt(tree, trunk, base + depth));
    padTo(view, base + depth);
    const durationMs = await following(postgres, server.url, view, async (caughtUp) => {
      await caughtUp();
      view.sandbox.abortFrom(base + 1);
      // The blocks of the view's own tip are gone with those that were padded.
      putBack(view, tree, pathTo(tree, cutAt(tree, branch, base + depth + 1)).slice(base));
      padTo(view, base + depth + 1);
      const startedMs = performance.now();
      await caughtUp();
      return performance.now() - startedMs;
    });
    const reorganised = await takeSnapshot(postgres.db, COMPARED);
    const wrong = await checkAgainstStorage(postgres.db, view, tree.cast);
    await postgres.empty();
    await following(postgres, server.url, view, (caughtUp) => caughtUp());
    const straight = await takeSnapshot(postgres.db, COMPARED);
    return { depth, durationMs, problems: [...wrong, ...differencesOf(COMPARED, straight, reorganised)] };
  } finally {
    await server.close();
  }
};

/** The block of a path at a height, or its end where it is shorter. */
const cutAt = (tree: BlockTree, tip: number, height: number): number => {
  const path = pathTo(tree, tip);
  return path[Math.min(height, path.length) - 1]!;
};

const putBack = ({ sandbox }: ChainView, tree: BlockTree, path: readonly number[]): void => {
  for (const index of path) {
    const { block, branch } = tree.blocks[index]!;
    sandbox.chain.restoreBlock({ ...block, acceptedOnL1: false }, branch);
  }
};

const padTo = ({ sandbox }: ChainView, height: number): void => {
  const { time } = sandbox.chain.options;
  while (sandbox.latest.number < height) {
    time.set(sandbox.latest.timestampSeconds + 2);
    sandbox.createBlock();
  }
};

const following = async <T>(
  { db }: SimPostgres,
  url: string,
  { sandbox }: ChainView,
  work: (caughtUp: () => Promise<void>) => Promise<T>,
): Promise<T> => {
  const source = createHttpChainSource({ providers: [{ url }] });
  const indexer = createNetworkIndexer({
    db,
    source,
    label: 'sim',
    sandbox: true,
    startBlock: 0,
    discovery: true,
    watch: [],
    lowCallsThreshold: 5,
    deliverAlerts: true,
    pollIntervalMs: 20,
    log: { info: silent, warn: silent, error: silent },
  });
  const abort = new AbortController();
  const running = indexer.run(abort.signal);
  try {
    return await work(() => until(indexer, () => BigInt(sandbox.latest.hash)));
  } finally {
    abort.abort();
    await running;
    await source.close();
  }
};

const until = async (indexer: NetworkIndexer, hash: () => bigint): Promise<void> => {
  const endMs = performance.now() + PATIENCE_MS;
  while (indexer.status()?.indexed?.blockHash !== hash()) {
    if (performance.now() > endMs) {
      const { indexed, lastError } = indexer.status() ?? {};
      throw new Error(`still at block ${indexed?.blockNumber}: ${lastError ?? 'no error'}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
