import { describe, expect, it } from '@jest/globals';
import { U64_MAX } from '#libs/felt';
import { aSession, NOW } from '../../spec/account.builder.ts';
import { publicKeyOf, signEcdsa } from '../signatures/ecdsa.ts';
import { NO_SESSION } from '../slots/session-data.ts';
import { checkSessionSignature, isValidSessionSignature } from './signature-rules.ts';

const sessionKey = publicKeyOf(5n);
const signature = signEcdsa(77n, 5n);

describe('signature of a session', () => {
  it('passes over the hash of the path and refuses over any other', () => {
    const check = { messageHash: 77n, sessionKey, signature };
    expect(checkSessionSignature({ ...check, path: 'INVOKE' })).toBeUndefined();
    const refused = checkSessionSignature({ ...check, path: 'INVOKE', messageHash: 78n });
    expect(refused).toMatchObject({ code: 'INVALID_SIGNATURE', rule: 'SIGNATURE' });
    expect(refused).not.toHaveProperty('panicText');
    expect(checkSessionSignature({ ...check, path: 'OUTSIDE_EXECUTION', messageHash: 78n })?.panicText).toBe(
      'SRC9: invalid signature',
    );
  });
});

describe('is_valid_signature with four felts', () => {
  const question = {
    hash: 77n,
    sessionKey,
    signature,
    signatureValidUntilSeconds: NOW,
    session: aSession({ validUntilSeconds: NOW }),
    nowSeconds: NOW,
  };

  it('vouches for any hash while the session lives', () =>
    expect(isValidSessionSignature(question)).toBe(true));

  it.each([
    ['another hash', { hash: 78n }],
    ['no session', { session: NO_SESSION }],
    ['a session past its expiry', { session: aSession({ validUntilSeconds: NOW - 1n }) }],
    ['a session without calls left', { session: aSession({ callsUsed: 10n }) }],
    ['a signature past its own expiry', { signatureValidUntilSeconds: NOW - 1n }],
    ['an expiry beyond u64', { signatureValidUntilSeconds: U64_MAX + 1n }],
  ])('does not with %s', (_, overrides) =>
    expect(isValidSessionSignature({ ...question, ...overrides })).toBe(false),
  );
});
