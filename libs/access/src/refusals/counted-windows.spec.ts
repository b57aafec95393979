import { beforeEach, describe, expect, it } from '@jest/globals';
import { CountedWindows } from './counted-windows.ts';

const MINUTE_MS = 60_000;

describe('counting what comes again and again', () => {
  let nowMs = 0;
  let windows: CountedWindows<string>;
  const open = (mostNewAMinute = 3) =>
    new CountedWindows<string>({ nowMs: () => nowMs, windowMs: 60 * MINUTE_MS, mostNewAMinute });
  const take = (...names: string[]) => names.map((name) => windows.take(name, `about ${name}`));

  beforeEach(() => {
    nowMs = 1_000;
    windows = open();
  });

  it('tells the first of each, and counts the others until the window is over', () => {
    expect(take('a', 'a', 'b', 'a')).toEqual(['FIRST', 'COUNTED', 'FIRST', 'COUNTED']);
    nowMs += 60 * MINUTE_MS - 1;
    expect(windows.end(false)).toEqual([]);
    expect(take('a')).toEqual(['COUNTED']);
    nowMs += 1;
    expect(windows.end(false)).toEqual([{ about: 'about a', further: 3, sinceMs: 1_000, untilMs: nowMs }]);
    expect(take('a', 'b')).toEqual(['FIRST', 'FIRST']);
  });

  it('ends all of them when it is asked to, once', () => {
    take('a', 'a');
    expect(windows.end(true)).toMatchObject([{ about: 'about a', further: 1 }]);
    expect(windows.end(true)).toEqual([]);
  });

  it('bounds how much that is different is begun in a minute, and goes on counting what is known', () => {
    expect(take('a', 'b', 'c', 'd', 'a', 'e')).toEqual([
      ...['FIRST', 'FIRST', 'FIRST', 'MISSED', 'COUNTED', 'MISSED'],
    ]);
    nowMs += MINUTE_MS;
    expect(take('d')).toEqual(['FIRST']);
  });

  it('never knows more than its bound lets it, whatever comes', () => {
    const first = () =>
      Array.from({ length: 500 }, (_, n) => windows.take(`${nowMs} ${n}`, '')).filter(
        (told) => told === 'FIRST',
      );
    for (let minute = 0; minute < 120; minute += 1) {
      expect(first()).toHaveLength(3);
      windows.end(false);
      nowMs += MINUTE_MS;
    }
  });

  it('begins anew where the clock was put back', () => {
    take('a', 'a');
    nowMs = 0;
    expect(windows.end(false)).toHaveLength(1);
    expect(take('a')).toEqual(['FIRST']);
  });
});
