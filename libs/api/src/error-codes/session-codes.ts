import type { ErrorCodeEntry } from './error-code-entry.ts';

export const sessionCodes = {
  SESSION_NOT_REGISTERED: {
    retryable: false,
    use: 'ERROR',
    description:
      'The account never registered this session key. A key that was revoked is an answer, not this error.',
  },
  SESSION_REVOKED: {
    retryable: false,
    use: 'REASON',
    description: 'The account revoked the key.',
  },
  SESSION_EXPIRED: {
    retryable: false,
    use: 'REASON',
    description:
      'The time of the block is beyond `validUntil`. The end is inclusive: at `validUntil` itself the key still works.',
  },
  SESSION_MAX_CALLS_EXCEEDED: {
    retryable: false,
    use: 'REASON',
    description: 'As many transactions were made with the key as were granted.',
  },
  SESSION_INVALID_RESPONSE: {
    retryable: false,
    use: 'ERROR',
    description:
      'The account answered with something that is not session data: a wrong number of words, or a word out of range. It is not read as "inactive".',
  },
  INVALID_SPENDING_POLICY: {
    retryable: false,
    use: 'ERROR',
    description: 'The account answered with something that is not a spending policy.',
  },
  WINDOW_RULE_UNVERIFIED: {
    retryable: false,
    use: 'REASON',
    description:
      'How a class counts its spending window is known by class hash, with evidence. For this class it is not, so what remains of the budget is not claimed.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
