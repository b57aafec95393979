import type { FieldRules } from '../field-rules.ts';

const SPENT = [
  'debited',
  'debitedScaled',
  'debits',
  'moved',
  'movedScaled',
  'movements',
  'received',
  'receivedScaled',
  'token',
];
const LEFT = ['limited', 'remaining', 'remainingScaled', 'token', 'unknown', 'unlimited'];
const STANDING = ['accounts', 'asOf', 'incompleteAccounts', 'recordedFrom'];

/** What finance asks of all accounts together, and what it leaves behind. */
export const FINANCE_FIELDS: FieldRules = {
  BudgetReport: { READ_SPENDING: ['accountsInSeveralGroups', 'sums', 'totals', ...STANDING] },
  BudgetSum: {
    READ_SPENDING: [...['account', 'costCentre', 'group', 'label', 'sessionKey', 'team'], ...LEFT],
  },
  Debit: { READ_SPENDING: ['id', 'amountScaled', 'movedAmountScaled'], READ_REVIEWS: ['review'] },
  Movement: { READ_SPENDING: ['id', 'amountScaled'], READ_REVIEWS: ['review'] },
  Export: {
    EXPORT: ['createdAt', 'creatorName', 'expiresAt', 'format', 'id', 'network', 'revokedAt'],
  },
  ExportConnection: { EXPORT: ['edges', 'nodes', 'pageInfo'] },
  ExportEdge: { EXPORT: ['cursor', 'node'] },
  GroupName: { READ_SPENDING: ['id', 'name'] },
  ExportLink: { EXPORT: ['export', 'path'] },
  Mutation: { REVIEW: ['reviewRows'], EXPORT: ['createExport', 'revokeExport'] },
  Period: { READ_SPENDING: ['from', 'timeZone', 'to'] },
  Query: { READ_SPENDING: ['budgets', 'spending', 'topKeys'], EXPORT: ['exports'] },
  Review: { READ_REVIEWS: ['note', 'reviewedAt', 'reviewedBy', 'reviewerName', 'state'] },
  ReviewedRow: { REVIEW: ['id', 'review'] },
  SpendingReport: {
    READ_SPENDING: ['accountsInSeveralGroups', 'pageInfo', 'period', 'rows', 'totals', ...STANDING],
  },
  SpendingRow: {
    READ_SPENDING: [
      ...[
        'account',
        'costCentre',
        'group',
        'label',
        'periodEnd',
        'periodStart',
        'recipient',
        'sessionKey',
        'team',
      ],
      ...SPENT,
    ],
  },
  Token: { READ_SPENDING: ['address', 'decimals', 'name', 'symbol'] },
  TokenBudget: { READ_SPENDING: LEFT },
  TokenSpend: { READ_SPENDING: SPENT },
  TopKey: {
    READ_SPENDING: [
      ...[
        'account',
        'amount',
        'amountScaled',
        'callsBurned',
        'callsReverted',
        'costCentre',
        'label',
        'sessionKey',
      ],
      ...['team', 'token', 'unbounded'],
    ],
  },
  TopKeyConnection: { READ_SPENDING: ['edges', 'nodes', 'pageInfo', ...STANDING] },
  TopKeyEdge: { READ_SPENDING: ['cursor', 'node'] },
};
