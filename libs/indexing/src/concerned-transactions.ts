import { SELECTORS } from '#libs/account';
import type { TransactionReceipt } from '#libs/chain';
import type { IndexedBlock } from './indexed-block.ts';

/**
 * The transactions of a block that may have used a session key of a followed account, by account: those it sent, those
 * with events of it, and those that name it beside `execute_from_outside_v2`.
 */
export const concernedTransactions = (
  { transactions }: IndexedBlock,
  followed: ReadonlySet<bigint>,
): Map<bigint, TransactionReceipt[]> => {
  const byAccount = new Map<bigint, TransactionReceipt[]>();
  for (const transaction of transactions) {
    for (const account of accountsIn(transaction, followed)) {
      const list = byAccount.get(account);
      if (list) list.push(transaction);
      else byAccount.set(account, [transaction]);
    }
  }
  return byAccount;
};

const accountsIn = (
  { senderAddress, calldata, events }: TransactionReceipt,
  followed: ReadonlySet<bigint>,
): ReadonlySet<bigint> => {
  const found = new Set<bigint>();
  if (senderAddress !== undefined && followed.has(senderAddress)) found.add(senderAddress);
  for (const { fromAddress } of events) if (followed.has(fromAddress)) found.add(fromAddress);
  // Few transactions carry one, however deep, and there are many felts to look up.
  if (calldata?.includes(SELECTORS.execute_from_outside_v2) === true) {
    for (const felt of calldata) if (followed.has(felt)) found.add(felt);
  }
  return found;
};
