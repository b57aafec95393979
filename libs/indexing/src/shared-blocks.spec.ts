import { describe, expect, it } from '@jest/globals';
import type { BlockPin, BlockWithReceipts } from '#libs/chain';
import { toAddress, toFelt, toSessionKey } from '#libs/felt';
import { headerOf, lifecycleEvent } from '#libs/testing';
import { SharedBlocks } from './shared-blocks.ts';

const [OURS, OTHERS] = [toAddress(0xa1n), toAddress(0xb1n)];
const KEY = toSessionKey(0x51n);

type Transaction = BlockWithReceipts['transactions'][number];

const transactionOf = (address: typeof OURS): Transaction =>
  ({
    type: 'INVOKE',
    calldata: [],
    events: [lifecycleEvent('SessionKeyRevoked', address, KEY, 7, [])],
  }) as unknown as Transaction;

/** A source of blocks that counts its questions; refuses as often as it is told to. */
const sourceOf = (refusals = 0) => {
  const asked: unknown[] = [];
  let left = refusals;
  const block = async (ref: BlockPin | 'latest' | 'l1_accepted') => {
    await Promise.resolve();
    asked.push(ref);
    left -= 1;
    if (left >= 0) throw new Error('refused');
    return {
      header: headerOf(7, 1n),
      transactions: [transactionOf(OURS), transactionOf(OTHERS)],
    } as BlockWithReceipts;
  };
  return { asked, source: { block } };
};

const HASH = toFelt(0x7n);

describe('blocks of accounts that are read together', () => {
  it('are asked for once, and kept as far as they concern these accounts', async () => {
    const { asked, source } = sourceOf();
    const blocks = new SharedBlocks(source, [OURS], undefined);
    await blocks.readAhead([HASH]);
    const [one, other] = await Promise.all([
      blocks.read({ blockHash: HASH }),
      blocks.read({ blockHash: HASH }),
    ]);
    expect(asked).toHaveLength(1);
    expect(other).toBe(one);
    expect(one.transactions.map(({ events }) => events[0]?.fromAddress)).toEqual([OURS]);
  });

  it('are asked for again where the node refused before, and its error is told', async () => {
    const { asked, source } = sourceOf(2);
    const blocks = new SharedBlocks(source, [OURS], undefined);
    await blocks.readAhead([HASH]);
    await expect(blocks.read({ blockHash: HASH })).rejects.toThrow('refused');
    expect((await blocks.read({ blockHash: HASH })).transactions).toHaveLength(1);
    expect(asked).toHaveLength(3);
  });
});
