import type { ErrorCodeEntry } from './error-code-entry.ts';

/** What is refused before anything of it runs, and what ran out of time. */
export const limitsCodes = {
  QUERY_TOO_LONG: {
    retryable: false,
    use: 'ERROR',
    description: 'The document has more tokens than are read; `details.most`.',
  },
  QUERY_TOO_DEEP: {
    retryable: false,
    use: 'ERROR',
    description:
      'Fields are nested deeper than is allowed; `details.most`. A fragment counts where it is spread.',
  },
  QUERY_TOO_MANY_FIELDS: {
    retryable: false,
    use: 'ERROR',
    description:
      'The document selects too many fields; `details.most`. A fragment counts each time it is spread.',
  },
  QUERY_TOO_MANY_ALIASES: {
    retryable: false,
    use: 'ERROR',
    description:
      'The document has too many aliases; `details.most`. A fragment counts each time it is spread.',
  },
  QUERY_TOO_MANY_DIRECTIVES: {
    retryable: false,
    use: 'ERROR',
    description:
      'The document has too many directives; `details.most`. A fragment counts each time it is spread.',
  },
  QUERY_TOO_COSTLY: {
    retryable: false,
    use: 'ERROR',
    description:
      'What is asked for costs `details.cost` units, of which one question may cost `details.most`: ask for smaller pages, or in several requests.',
  },
  BATCH_REFUSED: {
    retryable: false,
    use: 'ERROR',
    description: 'One request asks one question: a list of them is not taken.',
  },
  INTROSPECTION_REFUSED: {
    retryable: false,
    use: 'ERROR',
    description:
      'The schema is not told here, or not without a key. It stands in docs/reference/schema.graphql.',
  },
  SECRET_REJECTED: {
    retryable: false,
    use: 'ERROR',
    description:
      'A field of the request looks like a private key, a seed phrase, a password or a PIN (`details.field`). Purser never needs one. What was sent is neither kept nor logged; treat it as known to others, all the same.',
  },
  RATE_LIMITED: {
    retryable: true,
    use: 'ERROR',
    description:
      'The key, or the address of who asks without one, used up what it may ask in a minute, or signs in too often: ask again after `details.retryAfterSeconds`.',
  },
  TIMEOUT: {
    retryable: true,
    use: 'ERROR',
    description:
      'The answer took longer than a request may take. What still ran in the database was cancelled.',
  },
} as const satisfies Record<string, ErrorCodeEntry>;
