import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import { KEY, NOW } from '../../spec/account.builder.ts';
import { readAccountSignature, sessionSignature } from './account-signature.ts';

const signature = { r: toFelt(1), s: toFelt(2) };

describe('account signature', () => {
  it('is a session of four felts: key, r, s, expiry', () => {
    const felts = sessionSignature(KEY, signature, NOW);
    expect(felts).toEqual([KEY, 1n, 2n, NOW]);
    expect(readAccountSignature(felts)).toEqual({
      kind: 'SESSION',
      sessionKey: KEY,
      ...signature,
      validUntilSeconds: NOW,
    });
  });

  it('is the owner with two', () =>
    expect(readAccountSignature([toFelt(1), toFelt(2)])).toEqual({ kind: 'OWNER', ...signature }));

  it.each([0, 1, 3, 5])('is nothing the account knows with %i', (length) =>
    expect(readAccountSignature(Array.from({ length }, () => toFelt(1)))).toEqual({
      kind: 'UNKNOWN',
      length,
    }),
  );
});
