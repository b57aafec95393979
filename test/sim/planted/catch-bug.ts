import type { SeedResult } from '../run/run-seed.ts';
import type { PlantedBug } from './planted-bug.ts';

export interface Verdict {
  readonly isCaught: boolean;
  readonly text: string;
  /** What gave it away. */
  readonly by?: string | undefined;
}

/**
 * Looks for a seed that catches the bug, with all that the bug changes in effect. A bug that changes nothing is none:
 * the code has moved on, and its pattern with nothing to match would be caught by nobody or for another reason.
 */
export const catchBug = async (
  bug: PlantedBug,
  run: (seed: number) => Promise<Pick<SeedResult, 'problems' | 'planted'>>,
  seeds: number,
): Promise<Verdict> => {
  const planted = new Set<string>();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = await run(seed);
    for (const part of result.planted) planted.add(part);
    const isWhole = bug.parts.every((part) => result.planted.has(part));
    const [problem] = result.problems;
    if (isWhole && problem !== undefined)
      return { isCaught: true, text: `caught by seed ${seed}`, by: problem };
  }
  const missing = bug.parts.filter((part) => !planted.has(part));
  if (missing.length > 0)
    return { isCaught: false, text: `PLANTED NOTHING, ${missing.join(' and ')} never came` };
  return { isCaught: false, text: 'NOT CAUGHT' };
};
