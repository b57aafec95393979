import type { BlockRef, BlockWithReceipts, TransactionReceipt } from '../types.ts';
import { arrayField, asObject } from './fields.ts';
import { checkCount, mismatch, readHeader } from './header.ts';
import { readTransaction } from './transaction.ts';

/**
 * Reads an answer of starknet_getBlockWithReceipts and checks it against itself and the question.
 * @throws ChainError RPC_MALFORMED, ANSWER_MISMATCH
 */
export const readBlockAnswer = (answer: unknown, ref: BlockRef, answerBytes: number): BlockWithReceipts => {
  const raw = asObject(answer, 'block');
  const header = readHeader(raw, ref);
  const items = arrayField(raw, 'transactions');
  const transactions = new Array<TransactionReceipt>(items.length);
  let events = 0;
  for (let index = 0; index < items.length; index += 1) {
    const transaction = readTransaction(items[index], index);
    transactions[index] = transaction;
    events += transaction.events.length;
  }
  checkCount('transactions', header.transactionCount, transactions.length);
  checkCount('events', header.eventCount, events);
  checkDistinct(transactions);
  return { header, transactions, answerBytes };
};

const checkDistinct = (transactions: readonly TransactionReceipt[]): void => {
  if (transactions.length < 2) return;
  const hashes = new Set(transactions.map((transaction) => transaction.transactionHash));
  if (hashes.size !== transactions.length) throw mismatch('a transaction stands twice in its block');
};
