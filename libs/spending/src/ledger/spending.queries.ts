import type { GeneratedQueries } from '#libs/database';
import { toAddress, toFelt, toSessionKey } from '#libs/felt';
import type { ApprovalEntry, DebitEntry, MovementEntry } from './ledger.types.ts';
import { clearSpending, cutSpendingAbove, writeSpending } from './spending.repository.ts';

const account = toAddress(1n);
const one = toFelt(1n);
const place = { transactionIndex: 0, transactionHash: one, token: account, counterparty: one, amount: 1n };
const debit: DebitEntry = {
  ...place,
  useIndex: 0,
  callIndex: 0,
  sessionKey: toSessionKey(1n),
  selector: one,
  spentBefore: 0n,
  spentAfter: 1n,
  windowStartSeconds: 1n,
  windowStarted: true,
  cause: 'MATCHED',
  movedAmount: 1n,
};
const movement: MovementEntry = {
  ...place,
  eventIndex: 0,
  direction: 'OUT',
  sender: one,
  cause: 'MATCHED',
  sessionKey: debit.sessionKey,
  useIndex: 0,
  callIndex: 0,
};
const { sessionKey } = debit;
const approval: ApprovalEntry = { ...place, useIndex: 0, callIndex: 0, sessionKey, spender: one };
const entries = { debits: [debit], movements: [movement], approvals: [approval] };

export const generatedQueries: GeneratedQueries = {
  repository: 'spending',
  methods: {
    writeSpending: {
      run: (trx) => writeSpending(trx, 1, [{ account, block: { blockNumber: 1, blockHash: one }, entries }]),
    },
    clearSpending: { run: (trx) => clearSpending(trx, 1, account, [1]) },
    cutSpendingAbove: { run: (trx) => cutSpendingAbove(trx, 1, 1) },
  },
};
