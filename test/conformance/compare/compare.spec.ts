import { describe, expect, it } from '@jest/globals';
import { STRK } from '../play/world.ts';
import { toHex } from '../client/wire-call.ts';
import { differences, printDifferences } from './differences.ts';
import { maskFields, MASKED } from './mask.ts';
import { createFeeMask } from './mask-fees.ts';
import { sortDiffs } from './sort-diff.ts';

const TRANSFER = '0x99cd8bde557814842a3121e8ddfd433a539b8c9f14bf31ebf108d12e6196e9';

describe('differences', () => {
  it('names every field that differs, is absent or is too many', () => {
    const found = differences({ a: [1, { b: '0x1' }], c: null }, { a: [1, { b: '0x2' }, 3] });
    expect(found).toEqual([
      { path: 'a[1].b', left: '0x1', right: '0x2' },
      { path: 'a[2]', left: undefined, right: 3 },
      { path: 'c', left: null, right: undefined },
    ]);
  });

  it('takes an answer for another kind of answer as a difference', () => {
    expect(differences({ result: [] }, { error: { code: 24 } })).toHaveLength(2);
    expect(differences([], {})).toHaveLength(1);
  });

  it('prints long texts from where they part', () => {
    const same = 'x'.repeat(500);
    const found = differences(`${same}left`, `${same}right`, 'reason');
    expect(printDifferences(found, ['one', 'other'])).toMatch(
      /reason\n {4}one: …x+left"\n {4}other: …x+right"/,
    );
  });
});

describe('masks', () => {
  it('blank what stands in the field, and keep that it is there', () => {
    expect(maskFields({ block_hash: '0x1', parent_hash: null, number: 1 })).toEqual({
      block_hash: MASKED,
      parent_hash: null,
      number: 1,
    });
  });

  it('cut the places in a Cairo program out of a text, and nothing else', () => {
    const text =
      'Error at pc=0:14647:\nCairo traceback (most recent call last):\nUnknown location (pc=0:250)\n\n1: x';
    expect(maskFields({ revert_reason: text })).toEqual({ revert_reason: 'Error at pc=…:\n1: x' });
  });

  it('blank the amount of the fee transfer, and no other transfer', () => {
    const mask = createFeeMask([]);
    const fee = { from_address: toHex(STRK), keys: [TRANSFER, '0x5', '0x1000'], data: ['0x9', '0x0'] };
    expect(mask(fee)).toEqual({ ...fee, data: MASKED });
    for (const other of [
      { ...fee, from_address: '0x77' },
      { ...fee, keys: [TRANSFER, '0x5', '0x6'] },
    ]) {
      expect(mask(other)).toEqual(other);
    }
  });

  it('blank the STRK balances of payers, and no other slot', () => {
    const entries = (payers: readonly bigint[]) => {
      const diff = { address: toHex(STRK), storage_entries: [{ key: balanceSlotOf5, value: '0x9' }] };
      return createFeeMask(payers)(diff);
    };
    expect(entries([5n])).toMatchObject({ storage_entries: [{ value: MASKED }] });
    expect(entries([6n])).toMatchObject({ storage_entries: [{ value: '0x9' }] });
  });
});

/** pedersen(sn_keccak("ERC20_balances"), 5) */
const balanceSlotOf5 = '0x40795dc9acd6d37d07ba939bbafe8ff2d0a9b78de88db2c74b4eb57d757c0eb';

describe('state diffs', () => {
  it('are compared as sets: contracts by address, slots by key', () => {
    const diff = (addresses: readonly string[]) => ({
      storage_diffs: addresses.map((address) => ({
        address,
        storage_entries: [{ key: '0x2' }, { key: '0x1' }],
      })),
      events: ['0x2', '0x1'],
    });
    expect(sortDiffs(diff(['0x9', '0x8']))).toEqual(sortDiffs(diff(['0x8', '0x9'])));
    expect(sortDiffs(diff(['0x9']))).toMatchObject({ events: ['0x2', '0x1'] });
  });
});
