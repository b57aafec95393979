import { describe, expect, it } from '@jest/globals';
import { selectorOf, toClassHash, toFelt, U32_MAX, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import {
  aCall,
  ACCOUNT,
  anyAddress,
  anyFelt,
  anySessionKey,
  anyTerms,
  anyU32,
  anyU64,
  codeOf,
  KEY,
  TOKEN,
} from '../../spec/account.builder.ts';
import { decodeOwnerCall, encodeOwnerCall } from './owner-call.ts';
import type { OwnerAction } from './owner-call.ts';

const anyAction: fc.Arbitrary<OwnerAction> = fc.oneof(
  fc.record({
    kind: fc.constant('AddOrUpdateSessionKey' as const),
    sessionKey: anySessionKey,
    validUntilSeconds: anyU64,
    maxCalls: anyU32,
    allowedEntrypoints: fc.array(anyFelt, { maxLength: 5 }),
  }),
  fc.record({ kind: fc.constant('RevokeSessionKey' as const), sessionKey: anySessionKey }),
  fc.tuple(anySessionKey, anyAddress, anyTerms).map(([sessionKey, token, terms]) => ({
    kind: 'SetSpendingPolicy' as const,
    sessionKey,
    token,
    ...terms,
  })),
  fc.record({
    kind: fc.constant('RemoveSpendingPolicy' as const),
    sessionKey: anySessionKey,
    token: anyAddress,
  }),
  fc.record({ kind: fc.constant('SetSessionSignatureMode' as const), mode: fc.bigInt(0n, 255n) }),
  fc.record({ kind: fc.constant('SetPublicKey' as const), publicKey: anyFelt }),
  fc.record({ kind: fc.constant('Upgrade' as const), classHash: anyFelt.map(toClassHash) }),
);

describe('calls of the owner', () => {
  it('reads back every action it builds', () => {
    fc.assert(
      fc.property(anyAction, (action) =>
        expect(decodeOwnerCall(encodeOwnerCall(ACCOUNT, action))).toEqual(action),
      ),
    );
  });

  it('addresses the account itself and hashes names into selectors', () => {
    const call = encodeOwnerCall(ACCOUNT, {
      kind: 'AddOrUpdateSessionKey',
      sessionKey: KEY,
      validUntilSeconds: U64_MAX,
      maxCalls: U32_MAX,
      allowedEntrypoints: [selectorOf('transfer')],
    });
    expect(call.to).toBe(ACCOUNT);
    expect(call.selector).toBe(selectorOf('add_or_update_session_key'));
    expect(call.calldata).toEqual([KEY, U64_MAX, 4_294_967_295n, 1n, selectorOf('transfer')]);
  });

  it('reads set_public_key with and without the new owner signature', () => {
    expect(decodeOwnerCall(aCall('set_public_key', ACCOUNT, [5n]))).toEqual({
      kind: 'SetPublicKey',
      publicKey: 5n,
    });
    expect(decodeOwnerCall(aCall('setPublicKey', ACCOUNT, [5n, 2n, 8n, 9n]))).toEqual({
      kind: 'SetPublicKey',
      publicKey: 5n,
    });
  });

  it('gives nothing for a call that is no owner action', () => {
    expect(decodeOwnerCall(aCall('transfer', ACCOUNT, [1n]))).toBeUndefined();
    expect(decodeOwnerCall({ to: ACCOUNT, selector: toFelt(1), calldata: [] })).toBeUndefined();
  });

  it('reads a grant to key 0, which classes without a check for it carry out', () => {
    const call = aCall('add_or_update_session_key', ACCOUNT, [0n, 1n, 1n, 0n]);
    expect(decodeOwnerCall(call)).toMatchObject({ kind: 'AddOrUpdateSessionKey', sessionKey: 0n });
  });

  it.each<[string, string, readonly bigint[]]>([
    ['a grant without its list', 'add_or_update_session_key', [KEY, 1n, 1n]],
    ['a grant with a text for a list', 'add_or_update_session_key', [KEY, 1n, 1n, selectorOf('transfer')]],
    ['an expiry beyond u64', 'add_or_update_session_key', [KEY, U64_MAX + 1n, 1n, 0n]],
    ['max calls beyond u32', 'add_or_update_session_key', [KEY, 1n, U32_MAX + 1n, 0n]],
    ['a revoke with more felts', 'revoke_session_key', [KEY, 1n]],
    ['a policy with single felt amounts', 'set_spending_policy', [KEY, TOKEN, 1n, 2n, 3n]],
    ['a policy on token 0', 'set_spending_policy', [KEY, 0n, 1n, 0n, 1n, 0n, 1n]],
    ['a mode beyond u8', 'set_session_signature_mode', [256n]],
  ])('refuses %s', (_, name, calldata) => {
    expect(codeOf(() => decodeOwnerCall(aCall(name, ACCOUNT, calldata)))).toBe('CALLDATA_MALFORMED');
  });

  it('refuses to build what does not fit its type', () => {
    const grant = { kind: 'AddOrUpdateSessionKey', sessionKey: KEY, allowedEntrypoints: [] } as const;
    const build = (validUntilSeconds: bigint, maxCalls: bigint) => () =>
      encodeOwnerCall(ACCOUNT, { ...grant, validUntilSeconds, maxCalls });
    expect(codeOf(build(U64_MAX + 1n, 1n))).toBe('CALLDATA_MALFORMED');
    expect(codeOf(build(1n, U32_MAX + 1n))).toBe('CALLDATA_MALFORMED');
    expect(codeOf(build(-1n, 1n))).toBe('CALLDATA_MALFORMED');
  });
});
