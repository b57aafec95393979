import { describe, expect, it } from '@jest/globals';
import { AdoptionMeter } from './adoption-meter.ts';

describe('how far reading the accounts that wait is', () => {
  const start = () => {
    let nowMs = 0;
    return { meter: new AdoptionMeter(() => nowMs), pass: (ms: number) => (nowMs += ms) };
  };

  it('is nothing while none waits', () => {
    const { meter } = start();
    expect(meter.progress()).toBeUndefined();
    meter.waiting(0);
    meter.done(0);
    expect(meter.progress()).toBeUndefined();
  });

  it('has no rate before the first is read', () => {
    const { meter, pass } = start();
    meter.waiting(100);
    pass(5_000);
    meter.done(0);
    expect(meter.progress()).toEqual({ done: 0, total: 100 });
  });

  it('tells the time left by how fast it went', () => {
    const { meter, pass } = start();
    meter.waiting(100);
    pass(2_000);
    meter.done(20);
    meter.waiting(80);
    expect(meter.progress()).toEqual({ done: 20, total: 100, ratePerSecond: 10, secondsLeft: 8 });
    pass(4_000);
    meter.done(20);
    expect(meter.progress()).toMatchObject({ done: 40, total: 100, ratePerSecond: 5, secondsLeft: 12 });
  });

  it('counts the time since the last group came', () => {
    const { meter, pass } = start();
    meter.waiting(100);
    pass(2_000);
    meter.done(20);
    pass(1_500);
    expect(meter.progress()).toMatchObject({ secondsLeft: 7 });
  });

  it('goes slower by as much as a group takes longer than those before', () => {
    const { meter, pass } = start();
    meter.waiting(100);
    pass(2_000);
    meter.done(20);
    pass(2_000);
    expect(meter.progress()).toMatchObject({ ratePerSecond: 10, secondsLeft: 6 });
    pass(2_000);
    expect(meter.progress()).toMatchObject({ ratePerSecond: 5, secondsLeft: 14 });
  });

  it('takes a group of which nobody could be followed for the beginning of the next', () => {
    const { meter, pass } = start();
    meter.waiting(100);
    pass(2_000);
    meter.done(20);
    pass(1_000);
    meter.done(0);
    pass(1_000);
    meter.done(20);
    expect(meter.progress()).toMatchObject({ ratePerSecond: 10, secondsLeft: 6 });
  });

  const SERIES = [
    { name: 'a node with proofs, 1.1 s a group', groups: 100, groupMs: 1_130, startMs: 300 },
    { name: 'a start that takes its time', groups: 100, groupMs: 1_130, startMs: 6_000 },
    { name: 'a node without proofs, 17 s a group', groups: 10, groupMs: 16_700, startMs: 2_000 },
    { name: 'a first group in one burst of calls', groups: 30, groupMs: 2_000, startMs: -1_900 },
    { name: 'groups that take longer each few', groups: 100, groupMs: 1_100, startMs: 2_000, slowMs: 2_000 },
  ];

  it.each(SERIES)('is right within a fifth between 10 and 90 % of the way: $name', (series) => {
    const { groups, groupMs, startMs, slowMs = 0 } = series;
    const { meter, pass } = start();
    const estimates: { readonly atMs: number; readonly secondsLeft: number }[] = [];
    let [atMs, waiting] = [0, groups * 100];
    meter.waiting(waiting);
    for (let group = 0; group < groups; group += 1) {
      const endMs = atMs + groupMs + (group === 0 ? startMs : 0) + (group % 7 === 6 ? slowMs : 0);
      for (; atMs < endMs; atMs += 50) {
        const { done = 0, total = 1, secondsLeft } = meter.progress() ?? {};
        const share = done / total;
        if (share >= 0.1 && share <= 0.9 && secondsLeft !== undefined) estimates.push({ atMs, secondsLeft });
        pass(50);
      }
      meter.done(100);
      meter.waiting((waiting -= 100));
    }
    const errors = estimates.map(({ atMs: at, secondsLeft }) => {
      const tookSeconds = (atMs - at) / 1000;
      return Math.abs(secondsLeft - tookSeconds) / tookSeconds;
    });
    expect(errors.length).toBeGreaterThan(100);
    // 95 of 100 times, as the bench counts: a second before the end one second is a lot.
    expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length * 0.95)]).toBeLessThanOrEqual(0.2);
  });

  it('forgets how fast it went a minute ago', () => {
    const { meter, pass } = start();
    meter.waiting(1_000);
    pass(1_000);
    meter.done(500);
    pass(61_000);
    meter.done(1);
    pass(10_000);
    meter.done(100);
    expect(meter.progress()).toMatchObject({ ratePerSecond: 10 });
  });

  it('counts more that came to wait meanwhile, and begins anew once all are there', () => {
    const { meter, pass } = start();
    meter.waiting(10);
    pass(1_000);
    meter.done(5);
    meter.waiting(15);
    expect(meter.progress()).toMatchObject({ done: 5, total: 20 });
    meter.done(15);
    expect(meter.progress()).toBeUndefined();
    meter.waiting(3);
    expect(meter.progress()).toEqual({ done: 0, total: 3 });
  });
});
