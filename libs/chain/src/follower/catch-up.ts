import { aborted } from '../abort.ts';
import { mismatch } from '../answers/header.ts';
import type { BlockHeader } from '../types.ts';
import { readAhead } from './read-ahead.ts';
import type { Position, Settings } from './settings.ts';
import type { ChainCursor, HasHeader } from './types.ts';

const firstMissing = ({ startBlock }: Pick<Settings<never>, 'startBlock'>, { cursor }: Position): number =>
  cursor ? cursor.blockNumber + 1 : startBlock;

/** Whether a block is the child of our newest one; the very first block has nothing to be the child of. */
export const continues = (cursor: ChainCursor | undefined, header: BlockHeader): boolean =>
  !cursor || (header.parentHash === cursor.blockHash && header.blockNumber === cursor.blockNumber + 1);

/** A run, or the news that the next block does not continue the one before: the chain has changed. */
export type CatchUpStep<T> = { readonly blocks: readonly T[] } | 'broken';

/**
 * Contiguous runs from the cursor to the head, bounded in blocks, bytes and collecting time; single blocks close to
 * the head. Stops where the chain is broken; the caller looks.
 * What was read before a failure is yielded before it is thrown.
 */
export async function* catchUp<T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
  head: BlockHeader,
): AsyncGenerator<CatchUpStep<T>> {
  const run = newRun(settings, head.blockNumber);
  let newest = position.cursor;
  try {
    for await (const block of blocksUpTo(settings, position, head.blockNumber)) {
      if (!continues(newest, block.header)) {
        if (run.blocks().length > 0) yield { blocks: run.take() };
        yield 'broken';
        return;
      }
      if (run.mustEndBefore(block)) yield { blocks: run.take() };
      newest = block.header;
      run.add(block);
      if (run.isFull()) yield { blocks: run.take() };
    }
  } catch (error) {
    if (settings.signal.aborted) throw aborted();
    if (run.blocks().length > 0) yield { blocks: run.take() };
    throw error;
  }
  if (run.blocks().length > 0) yield { blocks: run.take() };
}

const blocksUpTo = <T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
  to: number,
): AsyncGenerator<T> =>
  readAhead({
    from: firstMissing(settings, position),
    to,
    fetch: async (blockNumber, signal) => {
      const block = await settings.fetchBlock({ blockNumber }, { signal });
      if (block.header.blockNumber !== blockNumber)
        throw mismatch(`asked for block ${blockNumber}, got another`);
      return block;
    },
    bytesOf: settings.bytesOf,
    concurrency: settings.concurrency,
    maxItems: Math.max(settings.maxRunBlocks, settings.concurrency),
    maxBytes: settings.maxRunBytes,
    signal: settings.signal,
  });

interface Run<T> {
  blocks(): readonly T[];
  add(block: T): void;
  /** Blocks close to the head do not share a run. */
  mustEndBefore(block: T): boolean;
  isFull(): boolean;
  take(): readonly T[];
}

const newRun = <T extends HasHeader>(settings: Settings<T>, headNumber: number): Run<T> => {
  let blocks: T[] = [];
  let bytes = 0;
  let sinceMs = 0;
  const isAtHead = (block: T | undefined): boolean =>
    block !== undefined && headNumber - block.header.blockNumber < settings.headDistance;
  return {
    blocks: () => blocks,
    add: (block) => {
      // From the first block on: what the consumer took for the run before is no time of collecting this one.
      if (blocks.length === 0) sinceMs = settings.clock.nowMs();
      blocks.push(block);
      bytes += settings.bytesOf(block);
    },
    mustEndBefore: (block) => blocks.length > 0 && isAtHead(block),
    isFull: () =>
      blocks.length >= settings.maxRunBlocks ||
      bytes >= settings.maxRunBytes ||
      settings.clock.nowMs() - sinceMs >= settings.maxRunMs ||
      isAtHead(blocks.at(-1)),
    take: () => {
      const taken = blocks;
      blocks = [];
      bytes = 0;
      return taken;
    },
  };
};
