import { describe, expect, it } from '@jest/globals';
import { encodeShortString, feltToHex, poseidonHash, selectorOf, snKeccak, toFelt } from '#libs/felt';
import fc from 'fast-check';
import { hash } from 'starknet';
import {
  aCall,
  ACCOUNT,
  anyAddress,
  anyCalls,
  anyFelt,
  anyU64,
  aTransfer,
  codeOf,
  NOW,
} from '../../spec/account.builder.ts';
import {
  sessionMessageHash,
  sessionMessageHashV1,
  sessionMessageHashV2,
  signatureModeFromFelt,
  snip12MessageHash,
} from './session-message.ts';

const CHAIN = encodeShortString('SN_SEPOLIA');
const theirPoseidon = (items: readonly bigint[]): bigint =>
  BigInt(hash.computePoseidonHashOnElements([...items]));
const anyMessage = fc.record({
  account: anyAddress,
  chainId: anyFelt,
  nonce: anyFelt,
  validUntilSeconds: anyU64,
  calls: anyCalls,
});

describe('session message', () => {
  it('of mode 1 is one poseidon over account, chain, nonce, expiry and calls', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const { account, chainId, nonce, validUntilSeconds, calls } = message;
        const felts = [account, chainId, nonce, validUntilSeconds];
        for (const { to, selector, calldata } of calls)
          felts.push(to, selector, toFelt(calldata.length), ...calldata);
        expect(sessionMessageHashV1(message)).toBe(theirPoseidon(felts));
      }),
      { numRuns: 30 },
    );
  });

  it('of mode 2 puts the mode 1 value under the domain Session.transaction', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const domain = theirPoseidon([
          0x1ff2f602e42168014d405a94f75e8a93d640751d71d16311266e140d8b0a210n,
          encodeShortString('Session.transaction'),
          2n,
          message.chainId,
          1n,
        ]);
        const prefix = encodeShortString('StarkNet Message');
        const expected = theirPoseidon([prefix, domain, message.account, sessionMessageHashV1(message)]);
        expect(sessionMessageHashV2(message)).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('hashes the domain type that SNIP-12 revision 1 names', () => {
    const type =
      '"StarknetDomain"("name":"shortstring","version":"shortstring","chainId":"shortstring","revision":"shortstring")';
    const input = {
      domainName: toFelt(1),
      domainVersion: 2n,
      chainId: toFelt(3),
      account: ACCOUNT,
      structHash: toFelt(4),
    };
    const domain = poseidonHash([snKeccak(type), 1n, 2n, 3n, 1n]);
    expect(snip12MessageHash(input)).toBe(
      poseidonHash([encodeShortString('StarkNet Message'), domain, ACCOUNT, 4n]),
    );
  });

  it('stays as it was: signatures depend on it', () => {
    const calls = [aTransfer(5n), aCall('approve')];
    const message = { account: ACCOUNT, chainId: CHAIN, nonce: 7n, validUntilSeconds: NOW, calls };
    expect(feltToHex(sessionMessageHash('V1', message))).toBe(
      '0x42f9180ecc76364cea6bad46c83bb37c30092b4e467962bdfb4ca45cfb95ddf',
    );
    expect(feltToHex(sessionMessageHash('V2', message))).toBe(
      '0xb0dda391a67d7c8b2763b5cbfb7930441fc5221bf8215fbf0bb6e26b6ab888',
    );
    expect(selectorOf('transfer')).toBe(calls[0]?.selector);
  });

  it('reads the stored mode: 0 and 1 are V1, 2 is V2, nothing else is', () => {
    expect([0n, 1n, 2n].map(signatureModeFromFelt)).toEqual(['V1', 'V1', 'V2']);
    expect(codeOf(() => signatureModeFromFelt(3n))).toBe('INVALID_SIGNATURE_MODE');
  });
});
