import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { QuestionGate } from './question-gate.ts';

describe('the gate before the nodes', () => {
  it('lets eight through at a time, in the order they came, whatever fails', async () => {
    const gate = new QuestionGate();
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const asked = Array.from({ length: 20 }, (_, at) =>
      gate.run(async () => {
        started.push(at);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (at % 2 === 0) throw new Error('failed');
      }),
    );
    const settled = Promise.allSettled(asked);
    for (let done = 0; done < 20; done += 1) {
      await turn();
      expect(started.length).toBe(Math.min(20, done + 8));
      ends[done]?.();
    }
    await settled;
    expect(started).toEqual([...started].sort((a, b) => a - b));
  });

  it('refuses when a hundred wait', async () => {
    const gate = new QuestionGate();
    const end = Promise.withResolvers<undefined>();
    const asked = Array.from({ length: 108 }, () => gate.run(() => end.promise));
    await turn();
    await expect(gate.run(() => end.promise)).rejects.toMatchObject({
      code: 'NODE_UNAVAILABLE',
      retryable: true,
    });
    end.resolve(undefined);
    await Promise.all(asked);
    await expect(gate.run(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
