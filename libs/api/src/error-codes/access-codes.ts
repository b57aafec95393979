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
  TOKEN_INVALID: {
    retryable: false,
    use: 'ERROR',
    description:
      'The bearer token is not accepted: `details.reason` says whether by its signature, issuer, audience, algorithm or time.',
  },
  SIGN_IN_REFUSED: {
    retryable: false,
    use: 'ERROR',
    description:
      'The account does not vouch for the signature of the sign-in, or cannot: `details.reason` says which.',
  },
  SESSION_SIGNATURE_REFUSED: {
    retryable: false,
    use: 'ERROR',
    description:
      'The signature is one of a session key (four felts). Any live session key vouches for any hash, so only the owner signs in, with two felts.',
  },
  CHALLENGE_EXPIRED: {
    retryable: false,
    use: 'ERROR',
    description:
      'There is no such challenge open here: it was used, is older than five minutes, or was made by another service. Open a new one.',
  },
  NOT_A_MEMBER: {
    retryable: false,
    use: 'ERROR',
    description:
      'Who signed in or sent the token is known for who he is, and is a member of no organisation here.',
  },
  ORGANISATION_REQUIRED: {
    retryable: false,
    use: 'ERROR',
    description:
      'The subject of the token is a member of several organisations: name one by the header `x-purser-organisation`, over WebSocket in the payload of `connection_init`. `details.organisations` lists his own.',
  },
  SIGN_IN_UNAVAILABLE: {
    retryable: true,
    use: 'ERROR',
    description:
      'The identity provider does not give the keys that tokens are checked with. Nobody passes meanwhile.',
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
