import type { FieldRules } from '../field-rules.ts';

/** How the deployment itself fares. */
export const OPERATIONS_FIELDS: FieldRules = {
  Backfill: {
    READ_OPERATIONS: [
      'account',
      'blocksRead',
      'callsMade',
      'chainId',
      'coveredTo',
      'finishedAt',
      'fromBlock',
      'jobId',
      'progress',
      'reasonCode',
      'requestedAt',
      'state',
    ],
  },
  Digest: { READ_OPERATIONS: ['blockHash', 'blockNumber', 'digest', 'facts', 'fromBlock'] },
  Incident: {
    READ_OPERATIONS: [
      'account',
      'blockHash',
      'blockNumber',
      'details',
      'id',
      'kind',
      'occurrences',
      'openedAt',
      'resolution',
      'resolvedAt',
    ],
  },
  IndexerNetwork: { READ_OPERATIONS: ['deadLetters'] },
  Query: { READ_OPERATIONS: ['backfills', 'digest', 'incidents'] },
};
