import type { BlockHeader, ChainSource } from '#libs/chain';

type Reads = Pick<ChainSource, 'header'>;

/**
 * Whether a block is still the one of its height. Nodes answer much by height alone: below a block that is still there,
 * every height is of its branch.
 */
export const isOnChain = async (
  source: Reads,
  { blockNumber, blockHash }: BlockHeader,
  signal?: AbortSignal,
): Promise<boolean> => {
  const header = await source.header({ blockNumber }, signal ? { signal } : {});
  return header.blockHash === blockHash;
};

/** @throws what `moved` says, of the height at which there is another block now */
export const requireOnChain = async (
  source: Reads,
  block: BlockHeader,
  moved: (blockNumber: number) => Error,
  signal?: AbortSignal,
): Promise<void> => {
  if (!(await isOnChain(source, block, signal))) throw moved(block.blockNumber);
};
