import { describe, expect, it } from '@jest/globals';
import { encodeShortString, feltToHex, toFelt } from '#libs/felt';
import fc from 'fast-check';
import { typedData } from 'starknet';
import { ACCOUNT, anyAddress, anyFelt, anyU64 } from '../../spec/account.builder.ts';
import { signInHash, type SignInMessage, signInTypedData } from './sign-in-hash.ts';

const anyMessage = fc.record({
  service: fc.oneof(fc.webUrl(), fc.string({ unit: 'grapheme-ascii', maxLength: 100 }), fc.constant('')),
  account: anyAddress,
  chainId: fc.constantFrom('SN_MAIN', 'SN_SEPOLIA', 'KATANA').map(encodeShortString),
  nonce: anyFelt,
  issuedAtSeconds: anyU64,
  expiresAtSeconds: anyU64,
});

const MESSAGE: SignInMessage = {
  service: 'https://purser.example',
  account: ACCOUNT,
  chainId: encodeShortString('SN_SEPOLIA'),
  nonce: toFelt(7n),
  issuedAtSeconds: 1_800_000_000n,
  expiresAtSeconds: 1_800_000_300n,
};

const theirs = (message: SignInMessage): string =>
  feltToHex(BigInt(typedData.getMessageHash(signInTypedData(message), feltToHex(message.account))));

describe('the hash of a sign-in', () => {
  it('is the one that starknet.js makes of the typed data, so that any wallet signs it', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(feltToHex(signInHash(message))).toBe(theirs(message));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['30 bytes', 30],
    ['31 bytes, one word', 31],
    ['32 bytes', 32],
    ['62 bytes, two words', 62],
  ])('holds for a service of %s', (_what, length) => {
    const message = { ...MESSAGE, service: 'x'.repeat(length) };
    expect(feltToHex(signInHash(message))).toBe(theirs(message));
  });

  it('is the one that was written down', () => {
    expect(feltToHex(signInHash(MESSAGE))).toMatchInlineSnapshot(
      `"0x58c2400351d45164533183231d54b2988f147bd9192054bc02aceada76f1b78"`,
    );
  });

  it.each<[string, Partial<SignInMessage>]>([
    ['another service', { service: 'https://purser.example.' }],
    ['another account', { account: (ACCOUNT + 1n) as SignInMessage['account'] }],
    ['another chain', { chainId: encodeShortString('SN_MAIN') }],
    ['another nonce', { nonce: toFelt(8n) }],
    ['another time', { issuedAtSeconds: 1_800_000_001n }],
    ['another end', { expiresAtSeconds: 1_800_000_301n }],
  ])('is another one for %s', (_what, change) => {
    expect(signInHash({ ...MESSAGE, ...change })).not.toBe(signInHash(MESSAGE));
  });
});
