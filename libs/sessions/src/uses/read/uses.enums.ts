import { defineEnum } from '../../read/graphql/enums.ts';
import type { StoredOutcome, StoredPath } from './use-columns.ts';

export const UseOutcomeEnum = defineEnum<StoredOutcome>(
  'UseOutcome',
  'What became of a use of a session key.',
  {
    SUCCEEDED: 'The account took it and the transaction succeeded; inner calls may have failed all the same.',
    REVERTED:
      'The transaction reverted. Sent by the account itself it took a call of the key; sponsored it took none.',
    FAILED_INSIDE:
      'A sponsored request that was taken back inside a transaction that succeeded: it took no call.',
    UNATTRIBUTED:
      'Storage counted calls that no transaction of the block explains. Nothing is guessed about them.',
  },
);

export const UsePathEnum = defineEnum<StoredPath>('UsePath', 'How a session key reached its account.', {
  INVOKE: 'By a transaction of the account itself, signed by the key.',
  OUTSIDE_EXECUTION: 'By `execute_from_outside_v2` in a transaction of somebody else (SNIP-9).',
});

export const UseAttributionEnum = defineEnum<'REPLAY' | 'TRACE'>(
  'UseAttribution',
  'How it is known that a use was made.',
  {
    REPLAY: 'Calldata and receipts, played over the state before the block, give the state after it.',
    TRACE: 'The trace of the transaction shows the call.',
  },
);
