import type { ErrorCodeEntry } from './error-code-entry.ts';

export const inputCodes = {
  BAD_QUERY: {
    retryable: false,
    use: 'ERROR',
    description:
      'The request is no GraphQL request, or its document is not GraphQL or does not fit the schema.',
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
