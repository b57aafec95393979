import { unlessAborted } from '../abort.ts';
import { mismatch } from '../answers/header.ts';
import { ChainError, isChainError } from '../chain.error.ts';
import type { HeadHint } from '../heads/head-hints.ts';
import { backOffMs } from '../rpc/back-off.ts';
import type { BlockHeader, BlockWithReceipts } from '../types.ts';
import { catchUp, continues } from './catch-up.ts';
import { findCommonAncestor } from './common-ancestor.ts';
import { newlyFinal } from './finality.ts';
import { classifyHead, type HeadCase } from './head-case.ts';
import { knownOf, type Position, type Settings, settingsOf } from './settings.ts';
import type { ChainStreamItem, FetchBlock, FollowBaseOptions, FollowOptions, HasHeader } from './types.ts';
import { createWake } from './wake.ts';

const RETRY_CAP_MS = 30_000;
/** A balancer may lead to a replica that was left behind on another branch: only what is seen so often stops everything. */
const LOOKS_AT_VIOLATION = 7;

/**
 * The chain from the cursor on, as items to be applied one after the other: each block's parent is the block before
 * it, whatever the nodes do meanwhile. Ends when the signal aborts; reports and waits out failures that may pass.
 * @throws ChainError what does not pass: FINALITY_VIOLATION when it was seen several times, WRONG_NETWORK,
 * RPC_VERSION_UNSUPPORTED...
 */
export function followChain<T extends HasHeader>(
  options: FollowOptions<T>,
): AsyncGenerator<ChainStreamItem<T>>;
export function followChain(options: FollowBaseOptions): AsyncGenerator<ChainStreamItem<BlockWithReceipts>>;
export function followChain(
  options: FollowBaseOptions & Partial<FollowOptions<HasHeader>>,
): AsyncGenerator<ChainStreamItem<HasHeader>> {
  const { source } = options;
  const fetchBlock: FetchBlock<HasHeader> = (pin, { signal }) => source.block(pin, { signal });
  const { hints } = options;
  const settings = settingsOf<HasHeader>({ fetchBlock, ...options });
  return follow(settings, startOf(options), hints);
}

const startOf = (options: FollowBaseOptions): Position => ({
  cursor: options.cursor,
  finalizedBlock: options.finalizedBlockNumber,
  finalityDueMs: Number.NEGATIVE_INFINITY,
  suspectBlock: undefined,
  violationsSeen: 0,
});

async function* follow<T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
  hints: FollowBaseOptions['hints'],
): AsyncGenerator<ChainStreamItem<T>> {
  const { signal } = settings;
  const wake = createWake(settings.clock, settings.hintGapMs, hints, signal, (hint) =>
    noteHint(position, hint),
  );
  let failures = 0;
  try {
    while (!signal.aborted) {
      const before = position.cursor;
      try {
        const moving = yield* pollOnce(settings, position);
        failures = position.violationsSeen = 0;
        if (!moving) await wake.wait(settings.pollIntervalMs);
      } catch (error) {
        if (position.cursor !== before) failures = 0;
        await waitOut(settings, error, failures);
        failures += 1;
      }
    }
  } finally {
    wake.stop();
  }
}

const noteHint = (position: Position, { reorgFromBlock }: HeadHint): void => {
  if (reorgFromBlock === undefined) return;
  position.suspectBlock = Math.min(reorgFromBlock, position.suspectBlock ?? reorgFromBlock);
};

/** One look at the head and what follows from it; true when the next look should come at once. */
async function* pollOnce<T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
): AsyncGenerator<ChainStreamItem<T>, boolean> {
  const head = await unlessAborted(settings.source.head({ signal: settings.signal }), settings.signal);
  const orphan = await provenOrphan(settings, position, head);
  if (orphan !== undefined) {
    yield* rollBack(settings, position, orphan);
    return true;
  }
  const headCase = await classify(settings, position, head);
  switch (headCase) {
    case 'duplicate':
    case 'behind':
      break;
    case 'next':
      yield* advance(position, head, [await fetchHead(settings, position, head)]);
      break;
    case 'gap':
      yield* closeGap(settings, position, head);
      break;
    case 'reorg':
      yield* rollBack(settings, position, head.blockNumber);
      break;
  }
  yield* finalize(settings, position);
  return headCase === 'gap' || headCase === 'reorg';
}

const classify = async <T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
  head: BlockHeader,
): Promise<HeadCase> => {
  const { cursor } = position;
  const isBelow = cursor !== undefined && head.blockNumber < cursor.blockNumber;
  const knownAtHead = isBelow ? await knownOf(settings, position)(head.blockNumber) : undefined;
  return classifyHead({ head, cursor, startBlock: settings.startBlock, knownAtHead });
};

/**
 * A block of ours that a hint called replaced and whose hash proves it. Most reorgs show in the head without a hint;
 * this finds a shorter chain sooner, and the reorgs of a devnet, whose block hashes do not cover their parents.
 */
const provenOrphan = async <T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
  head: BlockHeader,
): Promise<number | undefined> => {
  const { cursor, suspectBlock } = position;
  if (suspectBlock === undefined) return undefined;
  const blockNumber = Math.max(suspectBlock, settings.startBlock);
  // Replaced by nothing yet: looked at when the new chain has come that far.
  if (blockNumber > head.blockNumber) return undefined;
  if (cursor && blockNumber <= cursor.blockNumber) {
    const { source, signal } = settings;
    const header = await unlessAborted(source.header({ blockNumber }, { signal }), signal);
    const ours = await knownOf(settings, position)(blockNumber);
    if (ours !== undefined && ours !== header.blockHash) return blockNumber;
  }
  if (position.suspectBlock === suspectBlock) position.suspectBlock = undefined;
  return undefined;
};

// Pinned by hash, so that it is the very block whose parent was looked at.
const fetchHead = async <T extends HasHeader>(
  settings: Settings<T>,
  { cursor }: Position,
  head: BlockHeader,
): Promise<T> => {
  const { signal } = settings;
  const block = await unlessAborted(settings.fetchBlock({ blockHash: head.blockHash }, { signal }), signal);
  if (block.header.blockHash !== head.blockHash || !continues(cursor, block.header)) {
    throw mismatch('the block fetched is not the head asked for');
  }
  return block;
};

async function* closeGap<T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
  head: BlockHeader,
): AsyncGenerator<ChainStreamItem<T>> {
  for await (const step of catchUp(settings, position, head)) {
    if (step === 'broken') {
      yield* rollBack(settings, position, head.blockNumber);
    } else {
      yield* advance(position, head, step.blocks);
      yield* finalize(settings, position);
    }
  }
}

async function* rollBack<T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
  replacedBlock: number,
): AsyncGenerator<ChainStreamItem<T>> {
  const { cursor } = position;
  if (!cursor) return;
  const { source, signal, startBlock } = settings;
  const search = findCommonAncestor({
    headerAt: (blockNumber) => source.header({ blockNumber }, { signal }),
    knownBlock: knownOf(settings, position),
    fromBlock: Math.min(cursor.blockNumber, replacedBlock),
    startBlock,
    finalizedBlock: position.finalizedBlock,
  });
  const commonAncestor = await unlessAborted(
    search.catch((error: unknown) => doubted(position, error)),
    signal,
  );
  yield { type: 'reorg', commonAncestor };
  position.cursor = cursorAt(commonAncestor);
}

const doubted = (position: Position, error: unknown): never => {
  if (!isChainError(error, 'FINALITY_VIOLATION')) throw error;
  position.violationsSeen += 1;
  if (position.violationsSeen >= LOOKS_AT_VIOLATION) throw error;
  throw new ChainError('CHAIN_MOVED', `${error.message}, it seems`, { cause: error });
};

function* advance<T extends HasHeader>(
  position: Position,
  head: BlockHeader,
  blocks: readonly T[],
): Generator<ChainStreamItem<T>> {
  yield { type: 'blocks', blocks, target: { number: head.blockNumber } };
  const newest = blocks.at(-1);
  if (newest) position.cursor = cursorAt(newest.header);
}

async function* finalize<T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
): AsyncGenerator<ChainStreamItem<T>> {
  const header = await newlyFinal(settings, position);
  if (!header) return;
  yield { type: 'finalized', header };
  position.finalizedBlock = header.blockNumber;
}

const cursorAt = ({ blockNumber, blockHash }: BlockHeader): Position['cursor'] => ({
  blockNumber,
  blockHash,
});

const waitOut = async <T extends HasHeader>(
  settings: Settings<T>,
  error: unknown,
  failures: number,
): Promise<void> => {
  if (settings.signal.aborted) return;
  if (!isChainError(error) || !error.retryable) throw error;
  const backOff = backOffMs(failures, settings.pollIntervalMs, RETRY_CAP_MS, settings.random);
  const delayMs = Math.max(backOff, error.retryAfterMs ?? 0);
  settings.onRetry({ error, attempt: failures + 1, delayMs });
  await settings.clock.sleep(delayMs, settings.signal);
};
