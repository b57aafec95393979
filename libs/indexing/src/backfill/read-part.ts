import type { BlockHeader } from '#libs/chain';
import type { Address } from '#libs/felt';
import type { AccountState } from '#libs/sessions';
import { emptyWriteSet, type WriteSet } from '../write-set.ts';
import { BackfillError } from './backfill.error.ts';
import type { Filling } from './fill-history.ts';
import type { HistoricPart } from './historic-part.ts';
import { areLinked, foldHistory, readRun } from './historic-run.ts';

/** Where the reading of a history is. */
export interface Reading {
  /** The first block that is not covered. */
  readonly fromBlock: number;
  /** Blocks that are still to be read. */
  readonly left: number;
  readonly numbers: Iterator<number, undefined>;
  /** Of the account alone; goes on in place. */
  readonly states: Map<Address, AccountState>;
}

/** Blocks that are held in memory as they were read. */
const BLOCKS_IN_RUN = 64;
/** A part is ended by what it has to write, too. */
const MOST_FACTS = 20_000;

/** Reads and folds the next blocks, as many as are proven and committed together. @throws BackfillError BACKFILL_CHAIN_MOVED */
export const readPart = async (filling: Filling, reading: Reading): Promise<HistoricPart> => {
  const { source, context, job, end, blocksInPart } = filling;
  const { fromBlock, left, numbers, states } = reading;
  const writes = emptyWriteSet();
  let blocksRead = 0;
  while (blocksRead < Math.min(blocksInPart, left) && writes.facts.length < MOST_FACTS) {
    const most = Math.min(BLOCKS_IN_RUN, blocksInPart - blocksRead);
    const blocks = await readRun(source, job.account, numbers, most);
    if (blocks.length === 0) break;
    append(writes, await foldHistory(context, source, states, blocks));
    blocksRead += blocks.length;
  }
  if (!areLinked(writes.headers))
    throw new BackfillError('BACKFILL_CHAIN_MOVED', 'the chain moved while it was read');
  const last: BlockHeader | undefined = writes.headers.at(-1);
  const toBlock = last !== undefined && blocksRead < left ? last.blockNumber : end.blockNumber;
  return { fromBlock, toBlock, writes, blocksRead };
};

const append = (part: WriteSet, run: WriteSet): void => {
  for (const name of Object.keys(part) as (keyof WriteSet)[]) {
    const items: unknown[] = part[name];
    for (const item of run[name]) items.push(item);
  }
};
