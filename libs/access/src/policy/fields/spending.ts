import type { FieldRules } from '../field-rules.ts';

/** What was spent, moved and is at risk. */
export const SPENDING_FIELDS: FieldRules = {
  CauseSums: { READ_SPENDING: ['cause', 'debited', 'debits', 'difference', 'moved', 'movements'] },
  Debit: { READ_SPENDING: ['amount', 'blockNumber', 'callIndex', 'cause', 'counterparty', 'movedAmount', 'selector', 'selectorName', 'sessionKey', 'spentAfter', 'spentBefore', 'timestamp', 'token', 'transactionHash', 'transactionIndex', 'windowStart', 'windowStarted'] },
  DebitConnection: { READ_SPENDING: ['asOf', 'edges', 'nodes', 'pageInfo', 'recordedFrom'] },
  DebitEdge: { READ_SPENDING: ['cursor', 'node'] },
  KeyAtRisk: { READ_SPENDING: ['allowances', 'atRisk', 'kind', 'reasons', 'sessionKey', 'throughAllowances', 'throughBudgets', 'usableUntil'] },
  Movement: { READ_SPENDING: ['amount', 'blockNumber', 'callIndex', 'cause', 'counterparty', 'direction', 'eventIndex', 'sender', 'sessionKey', 'timestamp', 'token', 'transactionHash', 'transactionIndex'] },
  MovementConnection: { READ_SPENDING: ['asOf', 'edges', 'nodes', 'pageInfo', 'recordedFrom'] },
  MovementEdge: { READ_SPENDING: ['cursor', 'node'] },
  Query: { READ_SPENDING: ['debits', 'movements', 'risk', 'spendingSummary'] },
  Risk: { READ_SPENDING: ['asOf', 'recordedFrom', 'tokens'] },
  RiskAllowance: { READ_SPENDING: ['amount', 'spender'] },
  RiskReasonView: { READ_SPENDING: ['code', 'message'] },
  SpendingSummary: { READ_SPENDING: ['asOf', 'recordedFrom', 'tokens'] },
  TokenAtRisk: { READ_SPENDING: ['atRisk', 'balance', 'keys', 'kind', 'token'] },
  TokenSpending: { READ_SPENDING: ['causes', 'debited', 'difference', 'moved', 'received', 'refunded', 'token'] },
};
