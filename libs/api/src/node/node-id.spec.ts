import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import fc from 'fast-check';
import { PurserError } from '../purser.error.ts';
import { decodeNodeId, encodeNodeId, isOnNetwork } from './node-id.ts';

const network = {
  chainId: toFelt(0x534e5f4d41494en),
  genesisHash: toFelt(0x47c3637b57c2b079b93c61539950c17e868a28n),
};
const codeOf = (id: string): unknown => {
  try {
    return decodeNodeId(id);
  } catch (error) {
    return error instanceof PurserError ? error.code : error;
  }
};

describe('the id of a node', () => {
  it('names what it was made of, and its network', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 }), (parts) => {
        const name = decodeNodeId(encodeNodeId('Session', network, parts));
        expect(name).toMatchObject({ kind: 'Session', parts });
        expect(isOnNetwork(name, network)).toBe(true);
        expect(isOnNetwork(name, { ...network, genesisHash: toFelt(7n) })).toBe(false);
        expect(isOnNetwork(name, { ...network, chainId: toFelt(7n) })).toBe(false);
      }),
    );
  });

  it('is the same in every deployment', () => {
    expect(encodeNodeId('Account', network, ['0x1'])).toBe(
      Buffer.from('["Account","0x534e5f4d41494e","47c3637b57c2b079","0x1"]').toString('base64url'),
    );
  });

  it.each([
    ['nothing', ''],
    ['no base64', '*'],
    ['base64 with padding', Buffer.from('["A","b","c"]').toString('base64').padEnd(24, '=')],
    ['no JSON', Buffer.from('[').toString('base64url')],
    ['no list', Buffer.from('{"0":"A"}').toString('base64url')],
    ['too short a list', Buffer.from('["A","b"]').toString('base64url')],
    ['a list of something else', Buffer.from('["A","b",{}]').toString('base64url')],
    ['far too long', Buffer.from(JSON.stringify(['A', 'b', 'c', 'd'.repeat(2_000)])).toString('base64url')],
  ])('is refused where it is %s', (_what, id) => {
    expect(codeOf(id)).toBe('BAD_INPUT');
  });

  it('is refused with that code, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const outcome = codeOf(id);
        expect(outcome === 'BAD_INPUT' || typeof outcome === 'object').toBe(true);
        expect(outcome).not.toBeInstanceOf(Error);
      }),
    );
  });
});
