import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { BoundedQueue } from './bounded-queue.ts';

const given = (maxEvents: number, maxSize = 1_000) => {
  const told: string[] = [];
  const queue = new BoundedQueue<number, string>(
    { maxEvents, maxSize },
    { onRoom: () => void told.push('room'), onEnd: () => void told.push('end') },
  );
  const offer = (value: number, size = 1, slot?: string): boolean =>
    queue.offer(value, size, `mark ${value}`, slot);
  const read = async (): Promise<unknown> => (await queue.next()).value;
  return { queue, told, offer, read };
};

describe('what waits for a reader', () => {
  it('comes in order, to who waits and to who comes later', async () => {
    const { queue, offer, read } = given(3);
    const waiting = read();
    expect([offer(1), offer(2), offer(3)]).toEqual([true, true, true]);
    expect([await waiting, await read(), await read()]).toEqual([1, 2, 3]);
    expect(queue.lastRead).toBe('mark 3');
  });

  it('is so many and no more, until half of them were read', async () => {
    const { queue, told, offer, read } = given(4);
    expect([1, 2, 3, 4, 5].map((value) => offer(value))).toEqual([true, true, true, true, false]);
    for (let value = 6; value < 5_000; value += 1) expect(offer(value)).toBe(false);
    expect(queue.length).toBe(4);
    await read();
    expect([queue.isBlocked, told]).toEqual([true, []]);
    await read();
    expect([queue.isBlocked, told]).toEqual([false, ['room']]);
    expect(offer(5)).toBe(true);
  });

  it('is so large and no larger, but for one that is alone', async () => {
    const { queue, offer, read } = given(100, 10);
    expect([offer(1, 50), offer(2, 1)]).toEqual([true, false]);
    expect(await read()).toBe(1);
    expect([offer(2, 6), offer(3, 4), offer(4, 1)]).toEqual([true, true, false]);
    expect(queue.length).toBe(2);
  });

  it('is of one slot the newest only, which takes the room of the one before, at the end', async () => {
    const { queue, offer, read } = given(2, 10);
    for (let value = 1; value < 5_000; value += 1) expect(offer(value, 6, 'final')).toBe(true);
    expect([queue.length, offer(5_000, 4), offer(5_001, 6, 'final')]).toEqual([1, true, true]);
    expect([await read(), await read(), queue.length]).toEqual([5_000, 5_001, 0]);
  });

  it('gives no slot room before what was refused', async () => {
    const { offer, read } = given(2);
    expect([offer(1, 1, 'final'), offer(2), offer(3), offer(4, 1, 'final')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([await read(), await read()]).toEqual([1, 2]);
  });

  it('is dropped where it ends in an error, which who reads is told at once, and once', async () => {
    const { queue, told, offer, read } = given(4);
    offer(1);
    offer(2);
    await read();
    queue.fail(new Error('too slow'));
    expect([queue.length, queue.lastRead, told]).toEqual([0, 'mark 1', ['end']]);
    await expect(queue.next()).rejects.toThrow('too slow');
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect(offer(3)).toBe(true);
    expect(queue.length).toBe(0);
  });

  it('ends for who waits, without another event', async () => {
    const { queue, told } = given(4);
    const waiting = queue.next();
    await queue.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await queue.return();
    expect(told).toEqual(['end']);
    const failing = given(4);
    const other = failing.queue.next();
    failing.queue.fail(new Error('gone'));
    await expect(other).rejects.toThrow('gone');
    await turn();
    expect(failing.told).toEqual(['end']);
  });
});
