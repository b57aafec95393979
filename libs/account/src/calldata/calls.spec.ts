import { describe, expect, it } from '@jest/globals';
import { ADDRESS_BOUND, feltToHex, toFelt } from '#libs/felt';
import fc from 'fast-check';
import { transaction } from 'starknet';
import { aCall, anyCalls, codeOf, TOKEN } from '../../spec/account.builder.ts';
import { decodeExecuteCalldata, encodeCalls } from './calls.ts';

const felts = (...values: bigint[]) => values.map(toFelt);

describe('calldata of __execute__', () => {
  it('reads back every list of calls it writes', () => {
    fc.assert(
      fc.property(anyCalls, (calls) => expect(decodeExecuteCalldata(encodeCalls(calls))).toEqual(calls)),
    );
  });

  it('writes what starknet.js writes', () => {
    const calls = [
      aCall('transfer', TOKEN, [1n, 2n, 3n]),
      aCall('approve', TOKEN),
      aCall('swap', TOKEN, [9n]),
    ];
    const theirs = transaction.getExecuteCalldata(
      calls.map((call, index) => ({
        contractAddress: feltToHex(call.to),
        entrypoint: ['transfer', 'approve', 'swap'][index]!,
        calldata: call.calldata.map(String),
      })),
      '1',
    );
    expect(encodeCalls(calls)).toEqual(theirs.map(BigInt));
  });

  it('takes an empty list, and a call to nobody, which the chain can carry', () => {
    expect(decodeExecuteCalldata(felts(0n))).toEqual([]);
    expect(decodeExecuteCalldata(felts(1n, 0n, 5n, 0n))).toEqual([{ to: 0n, selector: 5n, calldata: [] }]);
  });

  it.each([
    ['nothing', []],
    ['fewer calls than it claims', [2n, TOKEN, 1n, 0n]],
    ['fewer felts than a call claims', [1n, TOKEN, 1n, 2n, 7n]],
    ['felts left over', [1n, TOKEN, 1n, 0n, 7n]],
    ['an address out of range', [1n, ADDRESS_BOUND, 1n, 0n]],
    ['a count no list can have', [2n ** 200n, TOKEN, 1n, 0n]],
  ])('refuses %s', (_, words) => {
    expect(codeOf(() => decodeExecuteCalldata(felts(...words)))).toBe('CALLDATA_MALFORMED');
  });

  it('refuses every list cut short and every list with one felt more', () => {
    fc.assert(
      fc.property(anyCalls, fc.nat(), (calls, seed) => {
        const calldata = encodeCalls(calls);
        const cut = calldata.slice(0, seed % calldata.length);
        expect(codeOf(() => decodeExecuteCalldata(cut))).toBe('CALLDATA_MALFORMED');
        expect(codeOf(() => decodeExecuteCalldata([...calldata, toFelt(0n)]))).toBe('CALLDATA_MALFORMED');
      }),
    );
  });
});
