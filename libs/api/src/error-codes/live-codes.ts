import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Of subscriptions. */
export const liveCodes = {
  SUBSCRIBER_TOO_SLOW: {
    retryable: true,
    use: 'ERROR',
    description:
      'A subscription ended because more happened than was read, for seconds. Subscribe again with `after: details.resumeAfter`: nothing is missing then.',
  },
  RESUME_POSITION_UNKNOWN: {
    retryable: false,
    use: 'ERROR',
    description:
      'The block of `after` is not in the index, on no branch. Ask how things stand, and subscribe with `after: "block:<number>:<hash>"` out of the `asOf` of that answer.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
