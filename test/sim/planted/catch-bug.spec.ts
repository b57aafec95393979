import { describe, expect, it } from '@jest/globals';
import { catchBug } from './catch-bug.ts';
import type { PlantedBug } from './planted-bug.ts';

const bug: PlantedBug = { name: 'spec', parts: ['a', 'b'] };
const giving =
  (...results: { problems: string[]; planted: string[] }[]) =>
  (seed: number) => {
    const { problems, planted } = results[seed - 1] ?? { problems: [], planted: [] };
    return Promise.resolve({ problems, planted: new Set(planted) });
  };

describe('whether a planted bug is caught', () => {
  it('is, by the first seed that differs with all of it in effect', async () => {
    const run = giving({ problems: ['x'], planted: ['a'] }, { problems: ['y'], planted: ['a', 'b'] });
    expect(await catchBug(bug, run, 3)).toEqual({ isCaught: true, text: 'caught by seed 2', by: 'y' });
  });

  it('is not where nothing differs', async () => {
    const run = giving({ problems: [], planted: ['a', 'b'] });
    expect(await catchBug(bug, run, 2)).toEqual({ isCaught: false, text: 'NOT CAUGHT' });
  });

  it('is not where a part of it never took effect, whatever differs', async () => {
    const run = giving({ problems: ['x'], planted: ['a'] }, { problems: ['x'], planted: [] });
    const verdict = await catchBug(bug, run, 2);
    expect(verdict).toEqual({ isCaught: false, text: 'PLANTED NOTHING, b never came' });
  });
});
