import type { ErrorCodeEntry } from './error-code-entry.ts';

export const accessCodes = {
  UNAUTHENTICATED: {
    retryable: false,
    use: 'ERROR',
    description:
      'No credential was given, or not in one of the ways that are read: `Authorization: Bearer` or `x-api-key`, one of them.',
  },
  FORBIDDEN: {
    retryable: false,
    use: 'ERROR',
    description: 'Whoever asks is known and may not: `details.right` is the right that is missing.',
  },
  KEY_MALFORMED: {
    retryable: false,
    use: 'ERROR',
    description: 'Not an API key: it has another form, or was mistyped or cut (its checksum does not fit).',
  },
  KEY_UNKNOWN: {
    retryable: false,
    use: 'ERROR',
    description:
      'No such API key is accepted here. The demo keys are accepted where the sandbox runs, and nowhere else.',
  },
  KEY_EXPIRED: {
    retryable: false,
    use: 'ERROR',
    description: 'The API key has come to its end.',
  },
  KEY_REVOKED: {
    retryable: false,
    use: 'ERROR',
    description: 'The API key was revoked, or whom it was made for may no longer come in.',
  },
  NOT_FOUND: {
    retryable: false,
    use: 'ERROR',
    description: 'The organisation has nothing of that id.',
  },
  CONFLICT: {
    retryable: false,
    use: 'ERROR',
    description: 'What is there does not allow the change; the message says why.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
