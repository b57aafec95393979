import type { Projection, ProjectedRow } from '#libs/facts';
import { isUseFact, USE_COLUMNS, USE_KEY, useRow } from './use-row.ts';

/** The uses of session keys, from what their facts say. A block needs nothing of the blocks before it. */
export const usesProjection: Projection = {
  name: 'uses',
  tables: [{ name: 'uses', key: USE_KEY, columns: Object.keys(USE_COLUMNS) }],
  begin: () => {
    let waiting: ProjectedRow[] = [];
    return {
      block: ({ facts }) => {
        waiting.push(...facts.filter(isUseFact).map(useRow));
      },
      take: () => {
        const rows = waiting;
        waiting = [];
        return { uses: rows };
      },
    };
  },
};
