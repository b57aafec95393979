import { describe, expect, it } from '@jest/globals';
import { splitU256, toFelt, U128_MAX } from '#libs/felt';
import fc from 'fast-check';
import { ACCOUNT, anyFelt, anyU256, SHOP, TOKEN } from '../../spec/account.builder.ts';
import { decodeTransferEvent, TRANSFER_EVENT_SELECTOR } from './decode-transfer-event.ts';

const transfer = (keys: readonly bigint[], data: readonly bigint[]) =>
  decodeTransferEvent({
    fromAddress: TOKEN,
    keys: [TRANSFER_EVENT_SELECTOR, ...keys.map(toFelt)],
    data: data.map(toFelt),
  });

describe('ERC-20 Transfer', () => {
  it('reads both layouts alike', () => {
    fc.assert(
      fc.property(anyFelt, anyFelt, anyU256, (from, to, amount) => {
        const halves = splitU256(amount);
        expect(transfer([from, to], halves)).toEqual({ layout: 'KEYED', from, to, amount });
        expect(transfer([], [from, to, ...halves])).toEqual({ layout: 'LEGACY', from, to, amount });
      }),
    );
  });

  it('reads mints and burns', () => {
    expect(transfer([0n, ACCOUNT], [5n, 0n])).toMatchObject({ from: 0n, amount: 5n });
    expect(transfer([ACCOUNT, 0n], [5n, 0n])).toMatchObject({ to: 0n });
  });

  it.each<[string, readonly bigint[], readonly bigint[]]>([
    ['an ERC-721 transfer with the id in the keys', [ACCOUNT, SHOP, 1n, 0n], []],
    ['an ERC-721 transfer all in data, one felt of id', [], [ACCOUNT, SHOP, 1n]],
    ['three data felts', [ACCOUNT, SHOP], [1n, 0n, 0n]],
    ['a half beyond u128', [ACCOUNT, SHOP], [U128_MAX + 1n, 0n]],
    ['nothing at all', [], []],
  ])('is not %s', (_, keys, data) => expect(transfer(keys, data)).toBeUndefined());

  it('is not another event', () =>
    expect(
      decodeTransferEvent({
        fromAddress: TOKEN,
        keys: [toFelt(1), ACCOUNT, SHOP],
        data: [toFelt(1), toFelt(0)],
      }),
    ).toBeUndefined());
});
