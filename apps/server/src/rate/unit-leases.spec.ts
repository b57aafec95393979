import { describe, expect, it } from '@jest/globals';
import { takeFrom, type TakeUnits, type UnitAccount } from '#libs/access';
import fc from 'fast-check';
import { UnitLeases } from './unit-leases.ts';

const MINUTE_MS = 60_000;

/** Processes on one database, by one clock. */
const processes = (count: number) => {
  const state = { nowMs: 0, asked: 0, fails: false };
  const accounts = new Map<string, UnitAccount>();
  const takeUnits: TakeUnits = async (request) => {
    state.asked += 1;
    await Promise.resolve();
    if (state.fails) throw new Error('nobody answers');
    const { account, grant } = takeFrom(accounts.get(request.principal), request, state.nowMs);
    accounts.set(request.principal, account);
    return grant;
  };
  const leases = Array.from({ length: count }, () => new UnitLeases(() => state.nowMs, takeUnits));
  const at = (index: number): UnitLeases => {
    const lease = leases[index % count];
    if (lease === undefined) throw new Error('no such process');
    return lease;
  };
  return { state, at };
};

describe('units of several processes', () => {
  const key = { id: 'KEY a', perMinute: 600 };

  it('are no more than a minute’s worth and what has come since, whichever process is asked when', async () => {
    const steps = fc.array(
      fc.record({
        process: fc.nat(2),
        afterMs: fc.nat(20_000),
        units: fc.integer({ min: 1, max: 90 }),
        isRefused: fc.boolean(),
      }),
      { maxLength: 80 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 20, max: 300 }), async (asked, perMinute) => {
        const { state, at } = processes(3);
        const allowance = { id: 'KEY a', perMinute };
        let given = 0;
        for (const { process, afterMs, units, isRefused } of asked) {
          state.nowMs += afterMs;
          const { isAllowed, retryAfterSeconds, remaining } = await at(process).take(allowance, units);
          if (isAllowed) given += units;
          else expect(retryAfterSeconds).toBeGreaterThan(0);
          if (isRefused) at(process).charge(allowance, 5);
          expect(remaining).toBeLessThanOrEqual(perMinute);
          const dear = Math.max(0, 90 - perMinute);
          expect(given).toBeLessThanOrEqual(perMinute + (state.nowMs * perMinute) / MINUTE_MS + dear + 1e-3);
        }
      }),
    );
  });

  it('are all given, and once, when everybody asks at once', async () => {
    const { at } = processes(2);
    const budgets = await Promise.all(Array.from({ length: 300 }, (_, n) => at(n).take(key, 6)));
    expect(budgets.filter(({ isAllowed }) => isAllowed)).toHaveLength(100);
  });

  it('are asked for once in a twentieth of them, and not at all where nothing can be left', async () => {
    const { state, at } = processes(1);
    for (let n = 0; n < 600; n += 1) expect((await at(0).take(key, 1)).isAllowed).toBe(true);
    expect(state.asked).toBe(20);
    for (let n = 0; n < 100; n += 1) expect((await at(0).take(key, 1)).isAllowed).toBe(false);
    expect(state.asked).toBe(20);
    state.nowMs += 100;
    expect((await at(0).take(key, 1)).isAllowed).toBe(true);
  });

  it('are there after as long as was told', async () => {
    const { state, at } = processes(1);
    expect((await at(0).take(key, 600)).isAllowed).toBe(true);
    const { isAllowed, retryAfterSeconds } = await at(0).take(key, 100);
    expect([isAllowed, retryAfterSeconds]).toEqual([false, 10]);
    state.nowMs += 9_999;
    expect((await at(0).take(key, 100)).isAllowed).toBe(false);
    state.nowMs += 1;
    expect((await at(0).take(key, 100)).isAllowed).toBe(true);
  });

  it('are not given where nobody can say what is left; what was given before is spent', async () => {
    const { state, at } = processes(1);
    await at(0).take(key, 6);
    state.fails = true;
    for (let n = 0; n < 4; n += 1) expect((await at(0).take(key, 6)).isAllowed).toBe(true);
    const late = [at(0).take(key, 6), at(0).take(key, 6), at(0).look(key, 1)];
    for (const { status } of await Promise.allSettled(late)) expect(status).toBe('rejected');
    expect(state.asked).toBe(2);
    state.fails = false;
    expect((await at(0).take(key, 6)).isAllowed).toBe(true);
  });

  it('may be asked for by a question dearer than a minute, which then owes', async () => {
    const { state, at } = processes(2);
    const poor = { id: 'KEY b', perMinute: 10 };
    expect((await at(0).take(poor, 25)).isAllowed).toBe(true);
    expect((await at(1).take(poor, 1)).isAllowed).toBe(false);
    state.nowMs += 1.5 * MINUTE_MS;
    expect((await at(1).take(poor, 1)).isAllowed).toBe(false);
    state.nowMs += 6_000;
    expect((await at(1).take(poor, 1)).isAllowed).toBe(true);
  });
});
