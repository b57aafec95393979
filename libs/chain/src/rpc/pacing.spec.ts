import { describe, expect, it } from '@jest/globals';
import { backOffMs, RETRY_AFTER_CAP_MS, retryAfterMs } from './back-off.ts';
import { budgetWaitMs, newCallBudget, spendCall } from './call-budget.ts';
import { CLOSED_CIRCUIT, circuitAfterFailure } from './circuit.ts';

const random = (): number => 0.5;

describe('backOffMs', () => {
  it('doubles up to its cap and is spread over the upper half', () => {
    expect([0, 1, 2, 3, 50].map((attempt) => backOffMs(attempt, 100, 1000, () => 0))).toEqual([
      50, 100, 200, 400, 500,
    ]);
    expect(backOffMs(0, 100, 1000, () => 0.999)).toBeLessThan(100);
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');

  it('reads seconds and dates', () => {
    expect(retryAfterMs(' 30 ', now)).toBe(30_000);
    expect(retryAfterMs('0', now)).toBe(0);
    expect(retryAfterMs('Sat, 21 Nov 2026 10:01:00 GMT', now)).toBe(60_000);
  });

  it.each([undefined, '', '-5', '1.5', 'soon', 'Sat, 21 Nov 2020 10:01:00 GMT', 'NaN'])(
    'ignores %p',
    (header) => expect(retryAfterMs(header, now)).toBeUndefined(),
  );

  it('does not stay away for ten years', () => {
    expect(retryAfterMs('315360000', now)).toBe(RETRY_AFTER_CAP_MS);
    expect(retryAfterMs('Mon, 21 Nov 2036 10:01:00 GMT', now)).toBe(RETRY_AFTER_CAP_MS);
  });
});

describe('call budget', () => {
  it('allows a second of calls at once and the rate after that', () => {
    let budget = newCallBudget(4)!;
    const waits: number[] = [];
    for (let call = 0; call < 7; call += 1) {
      waits.push(budgetWaitMs(budget, 1000));
      budget = spendCall(budget, 1000);
    }
    expect(waits).toEqual([0, 0, 0, 0, 250, 500, 750]);
    expect(budgetWaitMs(budget, 10_000)).toBe(0);
  });

  it('allows less than one call a second', () => {
    const budget = spendCall(newCallBudget(0.1)!, 0);
    expect(budgetWaitMs(budget, 0)).toBe(10_000);
  });

  it('never waits without a limit', () => expect(budgetWaitMs(newCallBudget(undefined), 0)).toBe(0));
});

describe('circuit', () => {
  it('opens at the third failure in a row, and then longer after each further one', () => {
    let circuit = CLOSED_CIRCUIT;
    const openUntil: number[] = [];
    let now = 0;
    for (let failure = 0; failure < 6; failure += 1) {
      circuit = circuitAfterFailure(circuit, now, random);
      openUntil.push(circuit.openUntilMs - now);
      now = Math.max(now, circuit.openUntilMs);
    }
    expect(openUntil.slice(2)).toEqual([750, 1500, 3000, 6000]);
    expect(openUntil[0]).toBe(Number.NEGATIVE_INFINITY);
  });

  it('counts what fails while it is open once', () => {
    let circuit = CLOSED_CIRCUIT;
    for (let failure = 0; failure < 20; failure += 1) circuit = circuitAfterFailure(circuit, 0, random);
    expect(circuit.openUntilMs).toBe(750);
  });

  it('is never open for more than a minute', () => {
    let circuit = CLOSED_CIRCUIT;
    let now = 0;
    for (let failure = 0; failure < 30; failure += 1) {
      circuit = circuitAfterFailure(circuit, now, () => 1);
      now = Math.max(now, circuit.openUntilMs);
      expect(circuit.openUntilMs - now).toBeLessThanOrEqual(60_000);
    }
  });
});
