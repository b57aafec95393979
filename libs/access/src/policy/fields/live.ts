import type { FieldRules } from '../field-rules.ts';

/** What is told as it happens. Every role may subscribe; what of the chain is seen is the scope's matter. */
export const LIVE_FIELDS: FieldRules = {
  Subscription: { SUBSCRIBE: ['changed'] },
  ChangedEvent: {
    READ_STATE: [
      'account',
      'appeared',
      'asOf',
      'chainId',
      'cursor',
      'ended',
      'id',
      'kind',
      'policy',
      'policyChanges',
      'retractedKind',
      'retracts',
      'session',
      'sessionChanges',
      'sessionKey',
      'token',
    ],
  },
  SessionAfterBlock: {
    READ_STATE: ['allowedEntrypoints', 'callsUsed', 'maxCalls', 'remainingCalls', 'status', 'validUntil'],
  },
  PolicyAfterBlock: {
    READ_STATE: [
      'maxPerCall',
      'maxPerCallScaled',
      'maxPerWindow',
      'maxPerWindowScaled',
      'remaining',
      'remainingScaled',
      'resetsAt',
      'state',
      'storedSpent',
      'storedSpentScaled',
      'windowSeconds',
    ],
  },
};
