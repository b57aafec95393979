import { describe, expect, it } from '@jest/globals';
import { ProgressMeter, type WorkProgress } from '#libs/verification';
import { progressText } from './progress-text.ts';

describe('long work', () => {
  it('says how far it is, how fast, and how long it still takes', () => {
    let nowMs = 0;
    const told: WorkProgress[] = [];
    const meter = new ProgressMeter(
      'folding facts',
      100,
      (progress) => told.push(progress),
      () => nowMs,
    );
    nowMs = 2_000;
    meter.add(20);
    expect(told).toEqual([
      { step: 'folding facts', done: 20, total: 100, ratePerSecond: 10, secondsLeft: 8 },
    ]);
    expect(told.map((progress) => progressText(progress.step, progress))).toEqual([
      'folding facts: 20 of 100 (20 %), 10/s, 8 s left',
    ]);
  });
});
