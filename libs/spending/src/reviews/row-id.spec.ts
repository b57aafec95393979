import { describe, expect, it } from '@jest/globals';
import { encodeNodeId, isOnNetwork } from '#libs/api';
import fc from 'fast-check';
import { toAddress, toFelt } from '#libs/felt';
import { decodeRowId, encodeRowId } from './row-id.ts';

const felt = fc.bigInt({ min: 1n, max: 2n ** 250n });
const index = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const NETWORK = { chainId: toFelt(1n), genesisHash: toFelt(0xabcn) };

describe('the id of a row of a ledger', () => {
  it('says which row it is, on which network', () => {
    fc.assert(
      fc.property(
        felt,
        felt,
        felt,
        index,
        index,
        fc.boolean(),
        (genesis, account, hash, rowIndex, callIndex, isDebit) => {
          const network = { chainId: toFelt(1n), genesisHash: toFelt(genesis) };
          const key = {
            kind: isDebit ? ('DEBIT' as const) : ('MOVEMENT' as const),
            account: toAddress(account),
            transactionHash: toFelt(hash),
            rowIndex,
            callIndex: isDebit ? callIndex : -1,
          };
          const { name, key: found } = decodeRowId(encodeRowId(network, key));
          expect(found).toEqual(key);
          expect(isOnNetwork(name, network)).toBe(true);
        },
      ),
    );
  });

  it.each([
    '',
    'x',
    '=',
    'A'.repeat(5_000),
    ...[
      ['Debit', '0x2', '0x3', '1'],
      ['Debit', '0x2', '0x3', '1', '-1'],
      ['Debit', '0x2', '0x3', '01', '1'],
      ['Debit', '0x2', '0x3', '9999999999', '1'],
      ['Debit', '0x0', '0x3', '1', '1'],
      ['Debit', '0x2', 'x', '1', '1'],
      ['Movement', '0x2', '0x3', '1', '1'],
      ['Movement', '0x2', '0x3', ''],
      ['Use', '0x2', '0x3', '1'],
    ].map(([kind = '', ...parts]) => encodeNodeId(kind, NETWORK, parts)),
  ])('is refused where it is %j', (id) => {
    expect(() => decodeRowId(id)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});
