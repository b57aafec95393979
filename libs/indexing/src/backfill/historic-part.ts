import type { VersionWrites } from '#libs/sessions';
import type { WriteSet } from '../write-set.ts';

type HistoricWrites = Pick<WriteSet, 'headers' | 'facts' | 'deadLetters' | 'spending' | 'alerts'> &
  VersionWrites;

/** A part of an account's history, folded: everything that happened in [fromBlock, toBlock]. */
export interface HistoricPart {
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly writes: HistoricWrites;
  readonly blocksRead: number;
}

/** Whether nothing can have been missed: there is no block in the range that was not read. */
export const isEveryBlockRead = ({ fromBlock, toBlock, blocksRead }: HistoricPart): boolean =>
  blocksRead === toBlock - fromBlock + 1;
