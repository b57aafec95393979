import type { ErrorCodeEntry } from './error-code-entry.ts';

export const financeCodes = {
  PERIOD_INVALID: {
    retryable: false,
    use: 'ERROR',
    description:
      'A period is whole days of a time zone: `from` the first, `to` the day after the last, at most 400 days, in a zone of the IANA database.',
  },
  TOO_MANY_ROWS: {
    retryable: false,
    use: 'ERROR',
    description:
      'What is asked for is more than is answered at once: name an account, a key, a label or a token.',
  },
  EXPORT_EXPIRED: {
    retryable: false,
    use: 'ERROR',
    description: 'The link of an export is unknown, has come to its end, or was taken back.',
  },
  EXPORT_BUSY: {
    retryable: true,
    use: 'ERROR',
    description: 'The organisation reads as many exports at once as it may: try again when one is finished.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
