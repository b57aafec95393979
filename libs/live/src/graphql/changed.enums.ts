import { registerEnumType } from '@nestjs/graphql';
import type { Subject } from '../change.ts';

export type ChangedKind = Subject | 'RETRACTED';

export const ChangedKindEnum = {
  SESSION: 'SESSION',
  POLICY: 'POLICY',
  FINDING: 'FINDING',
  RETRACTED: 'RETRACTED',
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
  },
});
