import type { Samples } from '../matrix/sample.ts';
import { ACCESS } from './access.ts';
import { FINANCE } from './finance.ts';
import type { MutationSamples } from '../matrix/mutation-sample.ts';
import { MUTATIONS } from './mutations.ts';
import { LIVE } from './live.ts';
import { OPERATIONS } from './operations.ts';
import { PEOPLE } from './people.ts';
import { PORTFOLIO } from './portfolio.ts';
import { SESSIONS } from './sessions.ts';
import { SPENDING } from './spending.ts';

/** By the file that holds them: one for each room, so that rooms that grow at the same time do not meet. */
export const SAMPLES: Readonly<Record<string, Samples>> = {
  'samples/sessions.ts': SESSIONS,
  'samples/spending.ts': SPENDING,
  'samples/operations.ts': OPERATIONS,
  'samples/live.ts': LIVE,
  'samples/finance.ts': FINANCE,
  'samples/access.ts': ACCESS,
  'samples/people.ts': PEOPLE,
  'samples/portfolio.ts': PORTFOLIO,
};

/** All that is asked and all that is called. */
export const ALL_SAMPLES: Readonly<Record<string, Samples | MutationSamples>> = {
  ...SAMPLES,
  'samples/mutations.ts': MUTATIONS,
};
