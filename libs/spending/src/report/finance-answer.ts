import { PurserError } from '#libs/api';
import { type Address, parseFelt } from '#libs/felt';
import { indexUnavailable, notFollowed } from '#libs/sessions';
import type { AnswerBlock } from '../read/ledger-read.repository.ts';
import type { FinanceHeadRow, PinnedBlock, StandingRow } from './head.statement.ts';

/** What every answer over the accounts of an organisation says. */
export interface FinanceStanding {
  readonly block: AnswerBlock;
  /** From this block on every transaction of all these accounts was looked at; undefined where none is followed yet. */
  readonly recordedFrom: number | undefined;
  readonly accounts: number;
  /** Those that are looked at from later on than the answer begins, or not yet. */
  readonly incompleteAccounts: number;
}

/** @throws PurserError BAD_CURSOR when the block of the first page is gone, INDEX_UNAVAILABLE while nothing is indexed */
const financeBlock = (row: FinanceHeadRow | undefined, pin: PinnedBlock | undefined): AnswerBlock => {
  if (row !== undefined) {
    return {
      blockNumber: row.block_number,
      blockHash: parseFelt(row.block_hash),
      timestampSeconds: BigInt(row.timestamp_seconds),
      finality: row.finality,
    };
  }
  if (pin === undefined) throw indexUnavailable('NOTHING_INDEXED');
  throw new PurserError(
    'BAD_CURSOR',
    'A reorganisation left the block that the first page spoke of; start at the first page.',
  );
};

/** @throws PurserError BAD_CURSOR, INDEX_UNAVAILABLE, ACCOUNT_NOT_FOLLOWED for an account that was named */
export const financeStanding = (
  row: (FinanceHeadRow & StandingRow) | undefined,
  pin: PinnedBlock | undefined,
  account: Address | undefined,
): FinanceStanding => {
  const block = financeBlock(row, pin);
  const { accounts, incomplete, recorded_from: recordedFrom } = row as StandingRow;
  if (account !== undefined && recordedFrom === null)
    throw notFollowed(account, accounts === 0 ? undefined : 'PENDING');
  return { block, recordedFrom: recordedFrom ?? undefined, accounts, incompleteAccounts: incomplete };
};
