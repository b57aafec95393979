import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Batches } from './batches.ts';
import { NO_ORGANISATION, type RequestScope } from './request-scope.ts';

/** A reader that answers when it is told to. */
const createReader = (limits = { underWay: 2, shared: 3, items: 3 }) => {
  const sent: { scope: RequestScope; items: readonly number[]; answer: () => void; fail: () => void }[] = [];
  const batches = new Batches<number, string>(limits, (scope, items) => {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    const answer = () => resolve(items.map((item) => `answer to ${item}`));
    sent.push({ scope, items, answer, fail: () => reject(new Error('broken')) });
    return promise;
  });
  const itemsSent = () => sent.map(({ items }) => items);
  const ask = (item: number, deadlineAtMs?: number) =>
    batches.ask('a', { ...NO_ORGANISATION, ...(deadlineAtMs !== undefined && { deadlineAtMs }) }, item);
  return { batches, sent, itemsSent, ask };
};

describe('what is asked at the same time', () => {
  it('is read at once, and each is given his own answer', async () => {
    const { sent, itemsSent, ask } = createReader();
    const answers = Promise.all([ask(1), ask(2)]);
    await nextTurn();
    expect(itemsSent()).toEqual([[1, 2]]);
    sent[0]?.answer();
    expect(await answers).toEqual(['answer to 1', 'answer to 2']);
  });

  it('fills the next batch while as many as may be are under way, and no batch beyond its size', async () => {
    const { sent, itemsSent, ask } = createReader();
    const answers: Promise<string>[] = [];
    for (const items of [[1], [2], [3, 4, 5, 6]]) {
      answers.push(...items.map((item) => ask(item)));
      await nextTurn();
      await nextTurn();
    }
    expect(itemsSent()).toEqual([[1], [2]]);
    sent[1]?.answer();
    await answers[1];
    await nextTurn();
    expect(itemsSent()).toEqual([[1], [2], [3, 4, 5]]);
    for (const at of [0, 2]) sent[at]?.answer();
    await Promise.all([answers[0], answers[4]]);
    await nextTurn();
    sent[3]?.answer();
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5, 6].map((item) => `answer to ${item}`));
  });

  it('is shared among the batches that may go, none of which is small for that', async () => {
    const asked = Array.from({ length: 11 }, (_, at) => at);
    const sizesOf = async (limits: { underWay: number; shared: number; items: number }) => {
      const { itemsSent, ask } = createReader(limits);
      for (const item of asked) void ask(item);
      for (let turn = 0; turn < asked.length; turn += 1) await nextTurn();
      expect(itemsSent().flat()).toEqual(asked.slice(0, itemsSent().flat().length));
      return itemsSent().map(({ length }) => length);
    };
    expect(await sizesOf({ underWay: 2, shared: 4, items: 20 })).toEqual([6, 5]);
    expect(await sizesOf({ underWay: 4, shared: 4, items: 20 })).toEqual([4, 4, 3]);
    expect(await sizesOf({ underWay: 4, shared: 20, items: 20 })).toEqual([11]);
    expect(await sizesOf({ underWay: 2, shared: 1, items: 3 })).toEqual([3, 3]);
  });

  it('is never read with what another scope asks', async () => {
    const { batches, itemsSent } = createReader();
    for (const name of ['a', 'b']) void batches.ask(name, NO_ORGANISATION, 1);
    await nextTurn();
    expect(itemsSent()).toEqual([[1], [1]]);
  });

  it('has time for as long as one of them has', async () => {
    const { sent, ask } = createReader();
    void ask(1, 50);
    void ask(2, 100);
    await nextTurn();
    expect(sent[0]?.scope.deadlineAtMs).toBe(100);
    for (const deadline of [50, undefined]) void ask(3, deadline);
    await nextTurn();
    expect(sent[1]?.scope).toEqual(NO_ORGANISATION);
  });

  it('fails together, and what comes after is read', async () => {
    const { sent, ask } = createReader();
    const failing = Promise.allSettled([ask(1), ask(2)]);
    await nextTurn();
    sent[0]?.fail();
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = ask(3);
    await nextTurn();
    sent[1]?.answer();
    expect(await next).toBe('answer to 3');
  });

  it('is answered right whenever it comes and in whatever order batches end', async () => {
    const turns = fc.array(fc.record({ asks: fc.nat(4), ends: fc.nat(5) }), { maxLength: 20 });
    const upToThree = fc.integer({ min: 1, max: 3 });
    const limits = fc.record({ underWay: upToThree, shared: upToThree });
    await fc.assert(
      fc.asyncProperty(turns, limits, async (moves, { underWay, shared }) => {
        const { sent, ask } = createReader({ underWay, shared, items: 3 });
        const answers: Promise<string>[] = [];
        const ended = new Set<number>();
        const end = (at: number) => {
          ended.add(at);
          sent[at]?.answer();
        };
        for (const { asks, ends } of moves) {
          for (let each = 0; each < asks; each += 1) answers.push(ask(answers.length));
          await nextTurn();
          if (sent[ends] !== undefined) end(ends);
          expect(sent.length - ended.size).toBeLessThanOrEqual(underWay);
        }
        for (let at = 0; at < sent.length || sent.flatMap(({ items }) => items).length < answers.length; ) {
          if (at < sent.length) end(at++);
          await nextTurn();
        }
        expect(await Promise.all(answers)).toEqual(answers.map((_, item) => `answer to ${item}`));
        expect(sent.every(({ items }) => items.length > 0 && items.length <= 3)).toBe(true);
      }),
    );
  });
});
