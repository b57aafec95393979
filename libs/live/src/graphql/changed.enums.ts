import { registerEnumType } from '@nestjs/graphql';
import type { Subject } from '../change.ts';

export type ChangedKind = Subject | 'RETRACTED' | 'FINALIZED';

export const ChangedKindEnum = {
  SESSION: 'SESSION',
  POLICY: 'POLICY',
  FINDING: 'FINDING',
  RETRACTED: 'RETRACTED',
  FINALIZED: 'FINALIZED',
} as const satisfies Record<ChangedKind, ChangedKind>;

registerEnumType(ChangedKindEnum, {
  name: 'ChangedKind',
  description: 'What an event of `changed` tells.',
  valuesMap: {
    SESSION: {
      description: 'A session key was granted, used, revoked, or its limits or list are other ones.',
    },
    POLICY: { description: 'A spending policy was set, removed, spent from, or its limits are other ones.' },
    FINDING: { description: 'There is something to look at, or there is no longer.' },
    RETRACTED: {
      description:
        'A reorganisation left the block of an event: what it told did not happen. What stands in place of it comes as events of other blocks.',
    },
    FINALIZED: {
      description:
        'What was told of the block in `asOf`, and of all before it, is not retracted any more: it is accepted on L1. Of the network, so it comes whatever is asked for, and names no account. One for each time that the final block moves, and none while earlier events are still to come; of several that wait for a reader only the newest is told.',
    },
  },
});
