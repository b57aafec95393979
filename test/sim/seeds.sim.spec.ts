import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { loadTree } from './chains/stored-trees.ts';
import { FULL, SMALL } from './chains/tree-size.ts';
import { reorgOfDepth } from './depths/deep-reorg.ts';
import { catchBug } from './planted/catch-bug.ts';
import { PLANTED_BUGS } from './planted/planted-bugs.ts';
import { runSeed, type SeedResult } from './run/run-seed.ts';
import { simPostgresOf } from './spec-postgres.ts';

const GROWING_MS = 120_000;
const TREE = 1;

describe('the simulator', () => {
  const postgres = simPostgresOf(withDatabase());

  it.each([1, 4, 7])(
    'converges under the faults of seed %i',
    async (seed) => {
      const result = await runSeed({ seed, tree: await loadTree(TREE, SMALL), postgres: postgres() });
      expect(result.problems).toEqual([]);
      expect(result.injected.length).toBeGreaterThanOrEqual(10);
    },
    GROWING_MS,
  );

  it.each([2, 6])(
    'fills histories under the faults of seed %i',
    async (seed) => {
      const tree = await loadTree(TREE, SMALL);
      const result = await runSeed({ seed, tree, postgres: postgres(), mode: 'LATE' });
      expect(result.problems).toEqual([]);
      expect(result.injected.length).toBeGreaterThanOrEqual(10);
    },
    GROWING_MS,
  );

  it(
    'keeps a class with the blocks that name it, where a replica took over that knew neither: seed 131',
    async () => {
      const result = await runSeed({
        ...{ seed: 131, mode: 'DISCOVERY', tree: await loadTree(6, FULL), postgres: postgres() },
      });
      expect(result.problems).toEqual([]);
    },
    GROWING_MS,
  );

  it(
    'takes back what stood at the height of the common ancestor where another block stood there: seed 186',
    async () => {
      const result = await runSeed({
        ...{ seed: 186, mode: 'LATE', tree: await loadTree(1, FULL), postgres: postgres() },
      });
      expect(result.problems).toEqual([]);
    },
    GROWING_MS,
  );

  it(
    'gives the same faults for the same seed, for as long as the database answers in time',
    async () => {
      // Accounts that are found, and histories, are read beside the blocks: there the host says which comes first.
      const run = async () =>
        runSeed({ seed: 2, mode: 'BY_NAME', tree: await loadTree(TREE, SMALL), postgres: postgres() });
      const [one, other] = [await run(), await run()];
      const untilMs = Math.min(one.certainUntilMs, other.certainUntilMs);
      const certain = ({ trace }: SeedResult) => trace.filter((line) => Number.parseInt(line, 10) < untilMs);
      expect(certain(one).length).toBeGreaterThan(0);
      expect(certain(one)).toEqual(certain(other));
    },
    GROWING_MS,
  );

  it.each(['roll back skipped', 'events folded out of order'])(
    'catches a planted bug: %s',
    async (name) => {
      const bug = PLANTED_BUGS.find((planted) => planted.name === name)!;
      const tree = await loadTree(TREE, SMALL);
      const verdict = await catchBug(bug, (seed) => runSeed({ seed, tree, postgres: postgres(), bug }), 6);
      expect(verdict).toMatchObject({ isCaught: true });
    },
    GROWING_MS,
  );

  it.each([1, 201])(
    'converges after a reorg of %i blocks',
    async (depth) => {
      const { problems } = await reorgOfDepth(depth, await loadTree(TREE, SMALL), postgres());
      expect(problems).toEqual([]);
    },
    GROWING_MS,
  );
});
