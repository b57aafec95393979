import type { Felt } from '#libs/felt';
import type { ChainError } from '../src/chain.error.ts';
import { followChain } from '../src/follower/follow-chain.ts';
import type { ChainStreamItem, FollowBaseOptions } from '../src/follower/types.ts';
import type { BlockHeader, BlockWithReceipts } from '../src/types.ts';
import { createFakeClock, until } from './fake-clock.ts';
import type { ScriptedChain } from './scripted-chain.ts';

/** An index of block hashes that a follower fills, and that refuses what does not fit. */
export interface FollowedIndex {
  readonly hashes: Map<number, Felt>;
  /** `+3` or `+3..7` applied, `<2` rolled back to, `f1` finalized. */
  readonly log: string[];
  readonly retries: ChainError[];
  /** What the follower threw, once it ended. */
  readonly failure: Promise<unknown>;
  until(what: string, holds: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** What an index of these blocks holds. */
export const hashesOf = (blocks: readonly BlockHeader[]): Map<number, Felt> =>
  new Map(blocks.map((block) => [block.blockNumber, block.blockHash]));

/** Where it stands. */
export const cursorOf = (blocks: readonly BlockHeader[]): BlockHeader => {
  const newest = blocks.at(-1);
  if (newest === undefined) throw new Error('it holds no block');
  return newest;
};

const DEFAULTS = { startBlock: 0, random: () => 0.5 };

export const followInto = (
  source: ScriptedChain,
  options: Partial<FollowBaseOptions> = {},
  hashes = new Map<number, Felt>(),
): FollowedIndex => {
  const stopping = new AbortController();
  const log: string[] = [];
  const retries: ChainError[] = [];
  const state: { failed?: Error } = {};
  const run = async (): Promise<void> => {
    const items = followChain({
      ...DEFAULTS,
      source,
      knownBlock: (blockNumber) => Promise.resolve(hashes.get(blockNumber)),
      signal: stopping.signal,
      clock: createFakeClock(),
      onRetry: ({ error }) => retries.push(error),
      ...options,
    });
    for await (const item of items) log.push(apply(item, hashes));
  };
  const failure = run().catch((error: unknown) => {
    state.failed = error instanceof Error ? error : new Error('not an error', { cause: error });
    return error;
  });
  return {
    hashes,
    log,
    retries,
    failure,
    until: async (what, holds) => {
      await until(what, () => holds() || state.failed !== undefined);
      if (state.failed !== undefined) throw state.failed;
    },
    stop: async () => {
      stopping.abort();
      await failure;
    },
  };
};

const apply = (item: ChainStreamItem<BlockWithReceipts>, hashes: Map<number, Felt>): string => {
  switch (item.type) {
    case 'blocks':
      for (const { header } of item.blocks) {
        const below = hashes.get(header.blockNumber - 1);
        if (below !== undefined && below !== header.parentHash) throw new Error('not a child');
        if (hashes.has(header.blockNumber)) throw new Error('applied twice');
        hashes.set(header.blockNumber, header.blockHash);
      }
      return describeRun(item.blocks);
    case 'reorg': {
      const { blockNumber, blockHash } = item.commonAncestor;
      const ours = hashes.get(blockNumber);
      if (ours !== undefined && ours !== blockHash) throw new Error('not an ancestor of ours');
      for (const known of [...hashes.keys()]) if (known > blockNumber) hashes.delete(known);
      return `<${blockNumber}`;
    }
    case 'finalized':
      if (hashes.get(item.header.blockNumber) !== item.header.blockHash)
        throw new Error('final but not ours');
      return `f${item.header.blockNumber}`;
  }
};

const describeRun = (blocks: readonly BlockWithReceipts[]): string => {
  const first = blocks[0]?.header.blockNumber ?? -1;
  const last = blocks.at(-1)?.header.blockNumber ?? -1;
  return first === last ? `+${first}` : `+${first}..${last}`;
};
