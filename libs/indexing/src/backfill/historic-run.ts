import type { BlockHeader } from '#libs/chain';
import type { Address } from '#libs/felt';
import type { AccountState } from '#libs/sessions';
import { finishFold } from '../finish-fold.ts';
import { startFold } from '../fold-run.ts';
import { fetchIndexedBlock, type IndexedBlock } from '../indexed-block.ts';
import type { IndexingContext } from '../indexing.context.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import type { WriteSet } from '../write-set.ts';
import type { BackfillReads } from './counted-reads.ts';

/** Blocks read at the same time. */
const READS_AT_ONCE = 8;
const MOST_BYTES = 32 * 1024 * 1024;

/** Takes the next blocks off the list and reads them, as many as one transaction may hold. */
export const readRun = async (
  source: BackfillReads,
  account: Address,
  numbers: Iterator<number, undefined>,
  mostBlocks: number,
): Promise<IndexedBlock[]> => {
  const followed = new Set([account]);
  const blocks: IndexedBlock[] = [];
  let bytes = 0;
  while (blocks.length < mostBlocks && bytes < MOST_BYTES) {
    const next = take(numbers, Math.min(READS_AT_ONCE, mostBlocks - blocks.length));
    if (next.length === 0) return blocks;
    const read = await mapConcurrently(next, READS_AT_ONCE, (blockNumber) =>
      fetchIndexedBlock(source, { blockNumber }, followed),
    );
    blocks.push(...read);
    bytes += read.reduce((sum, block) => sum + block.bytes, 0);
  }
  return blocks;
};

const take = (numbers: Iterator<number, undefined>, count: number): number[] => {
  const taken: number[] = [];
  while (taken.length < count) {
    const next = numbers.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
};

/** Folds blocks of one account by the code of the head, with the traces that they need. The states go on in place. */
export const foldHistory = async (
  { catalogue, chainId, lowCallsThreshold, profiles }: IndexingContext,
  source: BackfillReads,
  states: Map<Address, AccountState>,
  blocks: readonly IndexedBlock[],
): Promise<WriteSet> => {
  const followed = new Set<bigint>(states.keys());
  for (const { header, stateUpdate } of blocks) {
    for (const changes of [stateUpdate.deployedContracts, stateUpdate.replacedClasses]) {
      for (const [address, classHash] of changes)
        if (followed.has(address)) await catalogue.require(classHash, header.blockHash);
    }
  }
  const fold = startFold({
    chainId,
    blocks,
    followed,
    discoveredAt: new Map(),
    states,
    classOf: (classHash) => catalogue.known(classHash),
    lowCallsThreshold,
    profiles,
    parent: undefined,
  });
  await finishFold(source, fold);
  return fold.writes;
};

/** Two blocks that stand side by side are of one branch, or the chain moved while they were read. */
export const areLinked = (headers: readonly BlockHeader[]): boolean =>
  headers.every((header, index) => {
    const before = headers[index - 1];
    return before?.blockNumber !== header.blockNumber - 1 || before.blockHash === header.parentHash;
  });
