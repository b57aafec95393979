import { selectorOf, toFelt } from '#libs/felt';
import { ChainError } from '../src/chain.error.ts';
import type { BlockHeader, BlockRef, BlockWithReceipts, ChainSource } from '../src/types.ts';

/** A block of one branch; the same parent, height and branch name give the same hash. */
export const childOf = (parent: BlockHeader | undefined, branch = 'main'): BlockHeader => {
  const blockNumber = parent ? parent.blockNumber + 1 : 0;
  return {
    blockNumber,
    blockHash: selectorOf(`${parent?.blockHash ?? 0n}/${blockNumber}/${branch}`),
    parentHash: parent?.blockHash ?? toFelt(0n),
    timestampSeconds: BigInt(1_700_000_000 + blockNumber * 2),
    finality: 'ACCEPTED_ON_L2',
  };
};

/** A chain of that many blocks on top of another. */
export const extend = (chain: readonly BlockHeader[], count: number, branch?: string): BlockHeader[] => {
  const longer = [...chain];
  for (let index = 0; index < count; index += 1) longer.push(childOf(longer.at(-1), branch));
  return longer;
};

export interface ScriptedChain extends ChainSource {
  /** The chain as the node has it now; set it to move the head or to reorganise. */
  blocks: readonly BlockHeader[];
  l1AcceptedNumber: number | undefined;
  /** Names of the calls, with their argument. */
  readonly calls: string[];
  /** Runs before each answer: to change the chain in between, or to throw. */
  beforeAnswer: ((call: string) => void) | undefined;
}

const unscripted = (): never => {
  throw new Error('not scripted');
};

const UNSCRIPTED = {
  network: unscripted,
  stateUpdate: unscripted,
  events: unscripted,
  witnesses: unscripted,
  storageAt: unscripted,
  storageWithUpdateBlock: unscripted,
  traceTransaction: unscripted,
  call: unscripted,
  classHashAt: unscripted,
  classAbi: unscripted,
  nonceAt: unscripted,
};

/** A ChainSource over a list of headers. */
export const createScriptedChain = (blocks: readonly BlockHeader[]): ScriptedChain => {
  const find = (ref: BlockRef): BlockHeader => {
    const found = chain.blocks.find((_, index) => isWanted(chain, ref, index));
    if (!found) throw new ChainError('BLOCK_NOT_FOUND', `no block ${describe(ref)}`);
    const accepted = found.blockNumber <= (chain.l1AcceptedNumber ?? -1);
    return accepted ? { ...found, finality: 'ACCEPTED_ON_L1' } : found;
  };
  const answer = async (call: string, ref: BlockRef): Promise<BlockHeader> => {
    const name = `${call} ${describe(ref)}`;
    chain.calls.push(name);
    await Promise.resolve();
    chain.beforeAnswer?.(name);
    return find(ref);
  };
  const chain: ScriptedChain = {
    blocks,
    l1AcceptedNumber: undefined,
    calls: [],
    beforeAnswer: undefined,
    head: () => answer('head', 'latest'),
    header: (ref) => answer('header', ref),
    l1AcceptedHead: async () =>
      chain.l1AcceptedNumber === undefined ? undefined : answer('l1', 'l1_accepted'),
    block: async (ref): Promise<BlockWithReceipts> => ({
      header: await answer('block', ref),
      transactions: [],
      answerBytes: 1000,
    }),
    ...UNSCRIPTED,
    close: () => Promise.resolve(),
  };
  return chain;
};

const isWanted = (chain: ScriptedChain, ref: BlockRef, index: number): boolean => {
  if (ref === 'latest') return index === chain.blocks.length - 1;
  if (ref === 'l1_accepted') return index === chain.l1AcceptedNumber;
  if ('blockHash' in ref) return chain.blocks[index]?.blockHash === ref.blockHash;
  return index === ref.blockNumber;
};

const describe = (ref: BlockRef): string => {
  if (typeof ref === 'string') return ref;
  return 'blockHash' in ref ? `#${ref.blockHash.toString(16).slice(0, 6)}` : String(ref.blockNumber);
};
