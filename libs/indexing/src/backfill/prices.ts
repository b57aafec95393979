/** What finding and reading cost, in calls to a node. */
export interface Prices {
  /** One word, or the class, at one block. */
  readonly question: number;
  /** One block with its receipts and its state update. */
  readonly block: number;
}

/** Blocks that are read, proven and committed at a time, where nothing else is said. */
export const BLOCKS_IN_PART = 1_000;

export const PRICES: Prices = { question: 1, block: 2 };

/** Calls of walking back over so many updates, with reading their blocks: one question more shows that it is the end. */
export const walkPrice = (updates: number, prices: Prices): number =>
  (updates + 1) * prices.question + updates * prices.block;

/** Calls of halving `blocks` until so many changes stand alone, with reading their blocks. */
export const bisectPrice = (changes: number, blocks: number, prices: Prices): number => {
  if (changes === 0 || blocks === 0) return 0;
  const apart = Math.min(changes, blocks);
  // Down to one interval for each change the tree is full; below, each change is a path of its own.
  const questions = apart - 1 + apart * Math.ceil(Math.log2(Math.max(1, blocks / apart)));
  return questions * prices.question + apart * prices.block;
};

export const scanPrice = (blocks: number, prices: Prices): number => blocks * prices.block;
