import type { ErrorCodeEntry } from './error-code-entry.ts';

export const serviceCodes = {
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
