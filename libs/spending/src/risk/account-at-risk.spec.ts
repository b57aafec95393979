import { expect, it } from '@jest/globals';
import { accountAtRisk } from './account-at-risk.ts';

const bounded = (amount: bigint) => ({ kind: 'BOUNDED', amount }) as const;
const UNKNOWN = { kind: 'UNKNOWN', amount: undefined } as const;
const UNBOUNDED = { kind: 'UNBOUNDED', amount: undefined } as const;

it('adds the keys up, and takes no more than the account holds', () => {
  expect(accountAtRisk([bounded(3n), bounded(4n)], undefined)).toEqual(bounded(7n));
  expect(accountAtRisk([bounded(3n), bounded(4n)], 5n)).toEqual(bounded(5n));
  expect(accountAtRisk([], 5n)).toEqual(bounded(0n));
});

it('is what the worst key is, where one is not bounded or not known', () => {
  expect(accountAtRisk([bounded(3n), UNKNOWN], 5n)).toEqual(UNKNOWN);
  expect(accountAtRisk([UNKNOWN, UNBOUNDED, bounded(1n)], 5n)).toEqual(UNBOUNDED);
});
