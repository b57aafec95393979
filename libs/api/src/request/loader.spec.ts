import { describe, expect, it } from '@jest/globals';
import { loaderFor } from './loader.ts';

const request = () => ({ loaders: new Map<string, never>() });

describe('a loader', () => {
  it('asks once for what several fields of a request want', async () => {
    const asked: (readonly number[])[] = [];
    const context = request();
    const load = (key: number) =>
      loaderFor(context, 'doubles', (keys: readonly number[]) => {
        asked.push(keys);
        return Promise.resolve(keys.map((one) => one * 2));
      }).load(key);
    expect(await Promise.all([load(1), load(2), load(1)])).toEqual([2, 4, 2]);
    expect(asked).toEqual([[1, 2, 1]]);
  });

  it('shares nothing with another request, and remembers nothing', async () => {
    let asked = 0;
    const load = (context: ReturnType<typeof request>) =>
      loaderFor(context, 'count', (keys: readonly number[]) =>
        Promise.resolve(keys.map(() => (asked += 1))),
      ).load(1);
    const one = request();
    expect([await load(one), await load(one), await load(request())]).toEqual([1, 2, 3]);
  });

  it('asks for a key once where it remembers, however many fields want it, and whenever', async () => {
    const asked: (readonly string[])[] = [];
    const context = request();
    const load = (key: string) =>
      loaderFor(
        context,
        'names',
        (keys: readonly string[]) => {
          asked.push(keys);
          return Promise.resolve(keys);
        },
        { remembers: true },
      ).load(key);
    const keys = Array.from({ length: 300 }, (_, at) => `key ${at % 2}`);
    expect(await Promise.all(keys.map(load))).toEqual(keys);
    expect(await load('key 1')).toBe('key 1');
    expect(asked).toEqual([['key 0', 'key 1']]);
  });

  it('fails the key that failed, and no other', async () => {
    const context = request();
    const load = (key: number) =>
      loaderFor(context, 'odd', (keys: readonly number[]) =>
        Promise.resolve(keys.map((one) => (one % 2 === 0 ? new Error('even') : one))),
      ).load(key);
    const [odd, even] = await Promise.allSettled([load(1), load(2)]);
    expect([odd.status, even.status]).toEqual(['fulfilled', 'rejected']);
  });
});
