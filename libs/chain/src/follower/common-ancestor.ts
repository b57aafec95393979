import { type Felt, feltToHex } from '#libs/felt';
import { ChainError } from '../chain.error.ts';
import type { BlockHeader } from '../types.ts';

export interface AncestorSearch {
  readonly headerAt: (blockNumber: number) => Promise<BlockHeader>;
  readonly knownBlock: (blockNumber: number) => Promise<Felt | undefined>;
  /** The newest height at which the chains may still agree. */
  readonly fromBlock: number;
  /** The first block that we hold. */
  readonly startBlock: number;
  /** Our newest block accepted on L1: below it nothing may change. */
  readonly finalizedBlock: number | undefined;
}

/** What the node has at a height, and whether we have the same. */
interface Probe {
  readonly header: BlockHeader;
  readonly agrees: boolean;
}

/**
 * The newest block of the node's chain that is ours too, at any depth: chains that agree at a height agree below,
 * so steps that double and then halve find it in 2 log2(depth) questions.
 * @throws ChainError FINALITY_VIOLATION, WRONG_NETWORK when not even block 0 is shared, CHAIN_MOVED when the node's
 * chain changed meanwhile (ask again), BLOCK_NOT_FOUND when the node fell behind the heights looked at.
 */
export const findCommonAncestor = async (search: AncestorSearch): Promise<BlockHeader> => {
  // Everything we held was orphaned before, and now the block below it as well.
  if (search.fromBlock < search.startBlock) return search.headerAt(search.fromBlock);
  const top = await probe(search, search.fromBlock);
  if (top.agrees) throw moved('the chains agree again');
  const floor = await probeFloor(search);
  const bracket = await gallopDown(search, floor, top);
  const [ancestor, orphaning] = await bisect(search, bracket);
  if (orphaning.header.parentHash !== ancestor.header.blockHash)
    throw moved('the chain changed during the search');
  return ancestor.header;
};

type Bracket = readonly [agreeing: Probe, disagreeing: Probe];

/** The lowest block worth a look: all agree there, or nothing can be mended. */
const probeFloor = async (search: AncestorSearch): Promise<Probe> => {
  const { finalizedBlock, fromBlock, startBlock } = search;
  if (finalizedBlock !== undefined && finalizedBlock >= startBlock) {
    if (finalizedBlock > fromBlock) throw finalityViolation(fromBlock);
    const floor = await probe(search, finalizedBlock);
    if (!floor.agrees) throw finalityViolation(finalizedBlock);
    return floor;
  }
  if (startBlock > 0) {
    // Below our first block there is nothing of ours that could differ.
    return { header: await search.headerAt(startBlock - 1), agrees: true };
  }
  const genesis = await probe(search, 0);
  if (!genesis.agrees) {
    throw new ChainError(
      'WRONG_NETWORK',
      `the node has another block 0: ${feltToHex(genesis.header.blockHash)}`,
    );
  }
  return genesis;
};

const gallopDown = async (search: AncestorSearch, floor: Probe, top: Probe): Promise<Bracket> => {
  let disagreeing = top;
  for (let step = 1; ; step *= 2) {
    const blockNumber = top.header.blockNumber - step;
    if (blockNumber <= floor.header.blockNumber) return [floor, disagreeing];
    const next = await probe(search, blockNumber);
    if (next.agrees) return [next, disagreeing];
    disagreeing = next;
  }
};

const bisect = async (search: AncestorSearch, bracket: Bracket): Promise<Bracket> => {
  let [agreeing, disagreeing] = bracket;
  while (disagreeing.header.blockNumber - agreeing.header.blockNumber > 1) {
    const between = agreeing.header.blockNumber + disagreeing.header.blockNumber;
    const middle = await probe(search, Math.floor(between / 2));
    if (middle.agrees) agreeing = middle;
    else disagreeing = middle;
  }
  return [agreeing, disagreeing];
};

// A height of which we hold nothing does not agree: the search ends lower, at a block that is surely ours.
const probe = async (search: AncestorSearch, blockNumber: number): Promise<Probe> => {
  const [header, known] = await Promise.all([search.headerAt(blockNumber), search.knownBlock(blockNumber)]);
  return { header, agrees: known === header.blockHash };
};

const moved = (what: string): ChainError => new ChainError('CHAIN_MOVED', what);

export const finalityViolation = (blockNumber: number): ChainError =>
  new ChainError(
    'FINALITY_VIOLATION',
    `block ${blockNumber}, accepted on L1, was replaced on the node's chain`,
  );
