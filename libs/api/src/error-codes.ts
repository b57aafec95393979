/** What one code means, for clients and for the generated reference page. */
export interface ErrorCodeEntry {
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** Where it is met: as the code of an error, as the reason in an answer, or as both. */
  readonly use: 'ERROR' | 'REASON' | 'BOTH';
  readonly description: string;
}

const inputCodes = {
  BAD_QUERY: {
    retryable: false,
    use: 'ERROR',
    description:
      'The document is not GraphQL, does not fit the schema, or is beyond a limit on its size or depth.',
  },
  BAD_INPUT: {
    retryable: false,
    use: 'ERROR',
    description:
      'An argument or variable is out of range or of the wrong form. `first` must be between 1 and 100.',
  },
  BAD_CURSOR: {
    retryable: false,
    use: 'ERROR',
    description:
      'The `after` cursor was not issued by this list with the same filters and order, was altered, or a reorganisation left the block that its page began at. Start at the first page.',
  },
  BODY_TOO_LARGE: {
    retryable: false,
    use: 'ERROR',
    description: 'The body of the request is larger than the server accepts.',
  },
  METHOD_NOT_ALLOWED: {
    retryable: false,
    use: 'ERROR',
    description: 'GraphQL requests are sent by POST with a JSON body.',
  },
  INVALID_FELT: {
    retryable: false,
    use: 'ERROR',
    description: 'Not a field element: neither 0x hex nor a decimal, or not below the prime of the field.',
  },
  INVALID_ADDRESS: {
    retryable: false,
    use: 'ERROR',
    description: 'Not a contract address: a felt of at least 1 and below 2^251 - 256.',
  },
  INVALID_SESSION_KEY: {
    retryable: false,
    use: 'ERROR',
    description: 'Not a session key: neither 0x hex nor a decimal, or not below the prime of the field.',
  },
  CHAIN_REQUIRED: {
    retryable: false,
    use: 'ERROR',
    description:
      'Several networks are served, and the question does not say which: give `chainId`, and `network` where two networks share a chain id. `details.networks` lists them.',
  },
  CHAIN_UNKNOWN: {
    retryable: false,
    use: 'ERROR',
    description:
      'This deployment serves no network of that chain id or name. `details.networks` lists those it serves.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;

const accountCodes = {
  CONTRACT_NOT_FOUND: {
    retryable: false,
    use: 'BOTH',
    description:
      'There is no contract at this address at the block named in `details`. A counterfactual account answers so until it is deployed.',
  },
  INVALID_WALLET_TYPE_FOR_SESSION: {
    retryable: false,
    use: 'BOTH',
    description:
      'The class of the contract has no session entry points. Probed from the ABI of the class, never from a label; `details` has the class hash and what is missing.',
  },
  CLASS_WITHOUT_SESSIONS: {
    retryable: false,
    use: 'REASON',
    description: 'Why an account is not followed: its class has no session entry points.',
  },
  CLASS_UNREADABLE: {
    retryable: false,
    use: 'REASON',
    description: 'Why an account is not followed: the node has no readable ABI of its class.',
  },
  POLICY_UNSUPPORTED: {
    retryable: false,
    use: 'BOTH',
    description: 'The class of the account has session keys and no spending policies.',
  },
  ACCOUNT_HAS_NO_SESSIONS: {
    retryable: false,
    use: 'ERROR',
    description: 'The account could have session keys and never registered any, so neither this one.',
  },
  ACCOUNT_NOT_FOLLOWED: {
    retryable: true,
    use: 'ERROR',
    description:
      'Lists need the index, and this account is not in it (yet). Ask for one session key instead, or have the account followed.',
  },
  DIGEST_UNAVAILABLE: {
    retryable: false,
    use: 'ERROR',
    description:
      'No digest can be given for that account and block; `details.reason` says why. One over very many facts is computed by `purser digest`.',
  },
  HISTORY_INCOMPLETE: {
    retryable: true,
    use: 'ERROR',
    description:
      'What was asked for needs a part of the history of the account that is not known (yet): how it stood at that block, or whether a key that is not registered ever was. An account that is not followed is answered within a second: an active, expired or exhausted key from storage alone; for a revoked or an unknown key its events are searched for 400 ms, then only the block that changed storage of the key last, where the node names it. Nothing is answered from a history with gaps; `details` names the account and the block.',
  },
  BLOCK_NOT_INDEXED: {
    retryable: true,
    use: 'ERROR',
    description:
      'No block is known at the point that `at` names: it is beyond the newest one, before the first one that was read, or none is that final yet. `details.head` is the newest block of the index.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;

const sessionCodes = {
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

const serviceCodes = {
  NODE_UNAVAILABLE: {
    retryable: true,
    use: 'ERROR',
    description: 'No node of the network gave a usable answer in time.',
  },
  INDEX_UNAVAILABLE: {
    retryable: true,
    use: 'ERROR',
    description:
      'The index could not be read: the database does not answer, or nothing is indexed on this network yet.',
  },
  INTERNAL: {
    retryable: false,
    use: 'ERROR',
    description: 'A fault of the service. `details.requestId` finds it in the log.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;

/** Every code that Purser gives, in one place. The reference page docs/reference/errors.md is printed from it. */
export const ERROR_CODES = { ...inputCodes, ...accountCodes, ...sessionCodes, ...serviceCodes };

export type PurserErrorCode = keyof typeof ERROR_CODES;

export const isPurserErrorCode = (code: unknown): code is PurserErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
