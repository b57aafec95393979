import type { FieldRules } from '../field-rules.ts';

const SUMS = ['debited', 'debitedScaled', 'difference', 'differenceScaled', 'moved', 'movedScaled'];

/** What was spent, moved and is at risk. */
export const SPENDING_FIELDS: FieldRules = {
  CauseSums: { READ_SPENDING: ['cause', 'debits', 'movements', ...SUMS] },
  Debit: {
    READ_SPENDING: [
      'amount',
      'blockNumber',
      'callIndex',
      'cause',
      'counterparty',
      'movedAmount',
      'selector',
      'selectorName',
      'sessionKey',
      'spentAfter',
      'spentBefore',
      'timestamp',
      'token',
      'transactionHash',
      'transactionIndex',
      'windowStart',
      'windowStarted',
    ],
  },
  DebitConnection: { READ_SPENDING: ['asOf', 'edges', 'nodes', 'pageInfo', 'recordedFrom'] },
  DebitEdge: { READ_SPENDING: ['cursor', 'node'] },
  KeyAtRisk: {
    READ_SPENDING: [
      'allowances',
      'atRisk',
      'atRiskScaled',
      'kind',
      'reasons',
      'sessionKey',
      'throughAllowances',
      'throughAllowancesScaled',
      'throughBudgets',
      'throughBudgetsScaled',
      'usableUntil',
    ],
  },
  Movement: {
    READ_SPENDING: [
      'amount',
      'blockNumber',
      'callIndex',
      'cause',
      'counterparty',
      'direction',
      'eventIndex',
      'sender',
      'sessionKey',
      'timestamp',
      'token',
      'transactionHash',
      'transactionIndex',
    ],
  },
  MovementConnection: { READ_SPENDING: ['asOf', 'edges', 'nodes', 'pageInfo', 'recordedFrom'] },
  MovementEdge: { READ_SPENDING: ['cursor', 'node'] },
  Query: { READ_SPENDING: ['debits', 'movements', 'risk', 'spendingSummary'] },
  Risk: { READ_SPENDING: ['asOf', 'recordedFrom', 'tokens'] },
  RiskAllowance: { READ_SPENDING: ['amount', 'amountScaled', 'spender'] },
  RiskReasonView: { READ_SPENDING: ['code', 'message'] },
  SpendingSummary: { READ_SPENDING: ['asOf', 'recordedFrom', 'tokens'] },
  TokenAtRisk: {
    READ_SPENDING: ['atRisk', 'atRiskScaled', 'balance', 'balanceScaled', 'keys', 'kind', 'token'],
  },
  TokenSpending: {
    READ_SPENDING: [
      ...['causes', 'received', 'receivedScaled', 'refunded', 'refundedScaled', 'token'],
      ...SUMS,
    ],
  },
};
