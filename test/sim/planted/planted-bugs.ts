import { HISTORY_BUGS } from './history-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { SOURCE_BUGS } from './source-bugs.ts';
import { STATEMENT_BUGS } from './statement-bugs.ts';

/** Bugs that an indexer of this kind has had somewhere. Each must be caught by at least one seed. */
export const PLANTED_BUGS: readonly PlantedBug[] = [...STATEMENT_BUGS, ...SOURCE_BUGS, ...HISTORY_BUGS];
