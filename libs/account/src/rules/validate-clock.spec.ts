import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aCheck, ALWAYS_GUARD, anyU64, aSession } from '../../spec/account.builder.ts';
import { checkSessionRules } from './session-rules.ts';
import { lastUsableSeconds, sessionTimeSeconds, validateTimeSeconds } from './validate-clock.ts';

describe('clock of __validate__', () => {
  it('stands still for an hour', () => {
    expect([7199n, 7200n, 10_799n, 10_800n].map(validateTimeSeconds)).toEqual([3600n, 7200n, 7200n, 10_800n]);
    expect(sessionTimeSeconds('OUTSIDE_EXECUTION', 7199n)).toBe(7199n);
  });

  it('keeps a key usable to the end of the hour in which it expires, and no second longer', () => {
    expect(lastUsableSeconds('INVOKE', 7201n)).toBe(10_799n);
    expect(lastUsableSeconds('INVOKE', 7199n)).toBe(7199n);
    expect(lastUsableSeconds('OUTSIDE_EXECUTION', 7201n)).toBe(7201n);
  });

  it.each(['INVOKE', 'OUTSIDE_EXECUTION'] as const)('agrees with the rules at that second: %s', (path) => {
    fc.assert(
      fc.property(
        anyU64.filter((second) => second > 0n),
        (validUntilSeconds) => {
          const last = lastUsableSeconds(path, validUntilSeconds);
          const refusalAt = (blockTime: bigint) =>
            checkSessionRules(
              aCheck(ALWAYS_GUARD, {
                path,
                session: aSession({ validUntilSeconds }),
                signatureValidUntilSeconds: validUntilSeconds,
                nowSeconds: sessionTimeSeconds(path, blockTime),
              }),
            );
          expect(refusalAt(last)).toBeUndefined();
          expect(refusalAt(last + 1n)?.code).toBe('SESSION_EXPIRED');
        },
      ),
    );
  });
});
