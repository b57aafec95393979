import type { Samples } from '../matrix/sample.ts';

/** Fields of libs/access. */
export const ACCESS: Samples = {
  'Query.viewer': [
    {
      select:
        '{ kind name role rights organisation { id name kind } scope { isLimited accounts labels } limits { unitsPerMinute } }',
    },
  ],
};
