import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toAddress, toFelt } from '#libs/felt';
import { decodeRowId, encodeRowId } from './row-id.ts';

const felt = fc.bigInt({ min: 1n, max: 2n ** 250n });
const index = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('the id of a row of a ledger', () => {
  it('says which row it is, and nothing else is one', () => {
    fc.assert(
      fc.property(
        felt,
        felt,
        felt,
        index,
        index,
        fc.boolean(),
        (chain, account, hash, rowIndex, callIndex, isDebit) => {
          const key = {
            kind: isDebit ? ('DEBIT' as const) : ('MOVEMENT' as const),
            chainId: toFelt(chain),
            account: toAddress(account),
            transactionHash: toFelt(hash),
            rowIndex,
            callIndex: isDebit ? callIndex : -1,
          };
          expect(decodeRowId(encodeRowId(key))).toEqual(key);
        },
      ),
    );
  });

  it.each([
    '',
    'x',
    '=',
    ...[
      'D:0x1:0x2:0x3:1:-1',
      'M:0x1:0x2:0x3:1:1',
      'X:0x1:0x2:0x3:1:1',
      'D:0x1:0x2:0x3:1',
      'D:0x1:0x2:0x3:9999999999:1',
    ].map((text) => Buffer.from(text).toString('base64url')),
    `${Buffer.from('D:0x1:0x2:0x3:1:1').toString('base64url')}=`,
    'A'.repeat(5_000),
  ])('is refused where it is %j', (id) => {
    expect(() => decodeRowId(id)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('is refused where an address or a felt is none', () => {
    const zero = Buffer.from('D:0x1:0x0:0x3:1:1').toString('base64url');
    expect(() => decodeRowId(zero)).toThrow();
  });
});
