import { describe, expect, it } from '@jest/globals';
import { readCrashFlags } from './crash-flags.ts';
import { readSimFlags } from './sim-flags.ts';
import { UsageError } from './typed.ts';

/** Of the shell: a variable that is not set, a word, and numbers that would run nothing or cannot be. */
const NO_NUMBERS = ['', ' ', 'ten', 'NaN', '-1', '1e9999', '0x10', '5,5'];

describe('what the simulator is asked', () => {
  it('is twenty seeds within the hour where nothing is typed, and a hundred for planted bugs', () => {
    const plain = { seeds: 20, first: 1, seed: undefined, minutes: 60, trees: 6 };
    expect(readSimFlags([])).toMatchObject(plain);
    expect(readSimFlags(['--planted'])).toMatchObject({ ...plain, seeds: 100, planted: true });
  });

  it('is what was typed', () => {
    const typed = readSimFlags(['--seeds', '300', '--minutes', '7.31667', '--first', '151', '--trees=2']);
    expect(typed).toMatchObject({ seeds: 300, minutes: 7.31667, first: 151, trees: 2 });
    expect(readSimFlags(['--seed', '33', '--only', 'cursor'])).toMatchObject({ seed: 33, only: 'cursor' });
  });

  describe.each(['--seeds', '--first', '--seed', '--minutes', '--trees'])('is refused for %s', (name) => {
    it.each(NO_NUMBERS)('"%s"', (text) => {
      expect(() => readSimFlags([`${name}=${text}`])).toThrow(UsageError);
      expect(() => readSimFlags([`${name}=${text}`])).toThrow(`${name} takes a`);
    });
  });

  it.each(['--seeds', '--minutes', '--trees'])('is refused where %s of none would run nothing', (name) => {
    expect(() => readSimFlags([name, '0'])).toThrow(UsageError);
  });

  it.each(['1.5', '99999999999999999999'])('is a whole number of seeds, not %s', (text) => {
    expect(() => readSimFlags(['--seeds', text])).toThrow('--seeds takes a whole number of at least 1');
  });

  it('is refused for a flag that there is not, or without its value', () => {
    expect(() => readSimFlags(['--seedz', '1'])).toThrow("Unknown option '--seedz'");
    expect(() => readSimFlags(['--seeds'])).toThrow("'--seeds <value>' argument missing");
  });
});

describe('what the crash test is asked', () => {
  it('is a hundred kills at random where nothing is typed, or what was typed: none, too', () => {
    expect(readCrashFlags([])).toMatchObject({ kills: 100, seed: 1, small: false });
    expect(readCrashFlags(['--kills', '0', '--seed', '7', '--small'])).toMatchObject({
      ...{ kills: 0, seed: 7, small: true },
    });
  });

  describe.each(['--kills', '--seed'])('is refused for %s', (name) => {
    it.each(NO_NUMBERS)('"%s"', (text) => {
      expect(() => readCrashFlags([`${name}=${text}`])).toThrow(UsageError);
    });
  });
});
