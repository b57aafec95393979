import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import { NOW, SHOP } from '../../spec/account.builder.ts';
import { ANY_CALLER } from '../calldata/outside-execution.ts';
import { checkOutsideExecution } from './outside-execution-rules.ts';

const check = (
  caller: bigint,
  after: bigint,
  before: bigint,
  nonceUsed = false,
  allowed: bigint = ANY_CALLER,
) =>
  checkOutsideExecution({
    outsideExecution: {
      caller: toFelt(allowed),
      nonce: toFelt(7),
      executeAfterSeconds: after,
      executeBeforeSeconds: before,
      calls: [],
    },
    caller,
    nowSeconds: NOW,
    nonceUsed,
  });

describe('outside execution, before any signature', () => {
  it('passes within its bounds', () => expect(check(SHOP, NOW - 1n, NOW + 1n)).toBeUndefined());

  it('takes both bounds as exclusive', () => {
    expect(check(SHOP, NOW, NOW + 1n)).toMatchObject({
      code: 'OUTSIDE_EXECUTION_TOO_EARLY',
      panicText: 'SRC9: now <= execute_after',
    });
    expect(check(SHOP, NOW - 1n, NOW)).toMatchObject({
      code: 'OUTSIDE_EXECUTION_TOO_LATE',
      panicText: 'SRC9: now >= execute_before',
    });
  });

  it('lets anyone execute under ANY_CALLER and under 0, and only the named one otherwise', () => {
    expect(check(SHOP, 0n, NOW + 1n, false, 0n)).toBeUndefined();
    expect(check(SHOP, 0n, NOW + 1n, false, SHOP)).toBeUndefined();
    expect(check(SHOP + 1n, 0n, NOW + 1n, false, SHOP)).toMatchObject({
      code: 'OUTSIDE_EXECUTION_INVALID_CALLER',
      panicText: 'SRC9: invalid caller',
    });
  });

  it('uses a nonce once', () =>
    expect(check(SHOP, 0n, NOW + 1n, true)).toMatchObject({
      code: 'OUTSIDE_EXECUTION_NONCE_USED',
      panicText: 'SRC9: duplicated nonce',
      details: { nonce: 7n },
    }));

  it('asks for the caller first and for the nonce last', () => {
    expect(check(SHOP, NOW, NOW, true, SHOP + 1n)?.rule).toBe('CALLER');
    expect(check(SHOP, NOW, NOW, true)?.rule).toBe('EXECUTE_AFTER');
    expect(check(SHOP, 0n, NOW, true)?.rule).toBe('EXECUTE_BEFORE');
  });
});
