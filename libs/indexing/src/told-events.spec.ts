import { describe, expect, it } from '@jest/globals';
import { STANDARD_EVENT_SHAPES } from '#libs/account';
import { type BlockWithReceipts, ChainError, type EmittedEvent, type EventQuery } from '#libs/chain';
import { toAddress, toSessionKey } from '#libs/felt';
import { headerOf, lifecycleEvent } from '#libs/testing';
import { readAccountHistory } from './account-history.ts';
import type { AccountReads } from './limit-reads.ts';
import { readToldEvents } from './told-events.ts';

const ACCOUNT = toAddress(0xa1n);
const AT = headerOf(100, 1_000n);
/** Not grants, whose blocks are read whole in any case. */
const revoke = (key: bigint, blockNumber: number, eventIndex = 0): EmittedEvent => ({
  ...lifecycleEvent('SessionKeyRevoked', ACCOUNT, toSessionKey(key), blockNumber, []),
  eventIndex,
});
const ALL = [revoke(1n, 7), revoke(2n, 7, 1), revoke(3n, 8)];
const QUERY: EventQuery = { fromBlock: 0, toBlock: 100, toBlockHash: AT.blockHash, keys: [[]] };

type Tale = readonly EmittedEvent[] | ChainError;

const witness = (tale: Tale): Pick<AccountReads, 'events'> => ({
  events: async function* () {
    await Promise.resolve();
    if (tale instanceof ChainError) throw tale;
    yield tale;
  },
});

const blockOf = (blockNumber: number): BlockWithReceipts => {
  const events = ALL.filter((event) => event.blockNumber === blockNumber);
  const [{ transactionHash }] = events as [EmittedEvent];
  const transaction = { transactionHash, transactionIndex: 0, events };
  return { header: headerOf(blockNumber, 10n), transactions: [transaction as never] };
};

const numberOf = (ref: unknown): number => Number((ref as { blockHash: bigint }).blockHash - 0xb10c_0000n);

const sourceOf = (...tales: readonly Tale[]): AccountReads & { readonly receiptsOf: number[] } => {
  const receiptsOf: number[] = [];
  return {
    receiptsOf,
    ...witness(tales[0] ?? []),
    witnesses: () => tales.map(witness),
    header: (ref) => Promise.resolve(headerOf('blockNumber' in (ref as object) ? 100 : numberOf(ref), 10n)),
    block: (ref) => {
      receiptsOf.push(numberOf(ref));
      return Promise.resolve(blockOf(numberOf(ref)));
    },
    storageAt: () => Promise.reject(new Error('not asked')),
    classHashAt: () => Promise.reject(new Error('not asked')),
  };
};

const away = new ChainError('RPC_UNAVAILABLE', 'away');
const told = (tales: readonly Tale[], oneWillDo = false) =>
  readToldEvents(sourceOf(...tales), QUERY, { oneWillDo });

describe('events as two nodes tell them', () => {
  it('are not doubted where both tell the same, in whatever order within a block', async () => {
    expect(await told([ALL, [ALL[1]!, ALL[0]!, ALL[2]!]])).toEqual({ events: ALL, doubted: new Set() });
  });

  it('are doubted in a block where they differ, and there only', async () => {
    const { events, doubted } = await told([ALL.slice(1), ALL]);
    expect(doubted).toEqual(new Set([ALL[0]!.blockHash]));
    expect(events).toEqual([...ALL.slice(1), ALL[0]]);
  });

  it('name a block that the first knows nothing of', async () => {
    const { events, doubted } = await told([ALL.slice(0, 2), ALL]);
    expect(doubted).toEqual(new Set([ALL[2]!.blockHash]));
    expect(events).toEqual(ALL);
  });

  it('come from the first two nodes that answer', async () => {
    expect((await told([away, ALL, ALL.slice(1), []])).doubted.size).toBe(1);
  });

  it('are not taken from one node alone where there are two, until one will do', async () => {
    await expect(told([ALL, away])).rejects.toMatchObject({ code: 'ADOPTION_UNCONFIRMED' });
    expect(await told([away, ALL], true)).toEqual({ events: ALL, doubted: new Set() });
    await expect(told([away, away], true)).rejects.toBe(away);
  });

  it('are taken from one provider where there is no other', async () => {
    expect(await told([ALL])).toEqual({ events: ALL, doubted: new Set() });
  });
});

describe('a history that two nodes tell differently', () => {
  const read = (source: AccountReads) =>
    readAccountHistory(source, {
      address: ACCOUNT,
      at: AT,
      eventShapes: STANDARD_EVENT_SHAPES,
      shapesOf: () => Promise.resolve(STANDARD_EVENT_SHAPES),
      oneWillDo: false,
    });
  const invented = revoke(9n, 8, 5);

  it.each([
    ['the first leaves one out', [ALL.slice(1), ALL], [7]],
    ['the second leaves a block out', [ALL, ALL.slice(0, 2)], [8]],
    ['one makes an event up', [ALL, [...ALL, invented]], [8]],
  ] as const)('is what the receipts say: %s', async (_, tales, doubted) => {
    const source = sourceOf(...tales);
    const { sessions, facts, doubted: blocks } = await read(source);
    expect([...sessions.keys()]).toEqual([1n, 2n, 3n]);
    expect(facts).toHaveLength(3);
    expect(source.receiptsOf).toEqual(doubted);
    expect([...blocks]).toEqual(doubted.map((number) => headerOf(number, 0n).blockHash));
  });

  it('needs no receipts where both tell the same', async () => {
    const source = sourceOf(ALL, ALL);
    expect((await read(source)).facts).toHaveLength(3);
    expect(source.receiptsOf).toEqual([]);
  });
});
