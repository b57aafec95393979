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
    expect(meter.progress()).toMatchObject({ done: 40, total: 100, secondsLeft: 9 });
  });

  it('counts the time since the last group came', () => {
    const { meter, pass } = start();
    meter.waiting(100);
    pass(2_000);
    meter.done(20);
    pass(1_500);
    expect(meter.progress()).toMatchObject({ secondsLeft: 7 });
    pass(60_000);
    expect(meter.progress()).toMatchObject({ secondsLeft: 1 });
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
