import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { toAddress, toSessionKey } from '#libs/felt';
import { indexRowsOf, withDatabase } from '#libs/testing';
import fc from 'fast-check';
import { finalityModel } from '../spec/finality-model.ts';
import { type IndexWriter, indexWriterOf } from '../spec/index-writer.ts';
import type { BoundedQueue } from './bounded-queue.ts';
import type { Change } from './change.ts';
import { ChangeHub, type HubSettings } from './change-hub.ts';
import { FeedRepository } from './feed.repository.ts';
import { endOfBlock, nameOf, type Position } from './position.ts';

const SETTINGS: HubSettings = {
  ...{ maxEvents: 1_000, maxSize: 1_000_000, pollMs: 1_000_000, gatherMs: 1_000_000, slowAfterMs: 1_000_000 },
  maxOfOrganisation: 1_000,
};
const KEY = toSessionKey(0x77n);
const TILL = toAddress(0x1111n);
const SAFE = toAddress(0x2222n);
const hashOf = (number: number): string => `0xa${number}`;

describe('what is final', () => {
  const database = withDatabase();
  const hubs: ChangeHub[] = [];
  let networkId: number;
  let writer: IndexWriter;
  let networks = 0;

  const openNetwork = async (): Promise<void> => {
    networks += 1;
    networkId = await indexRowsOf(database.db).network(`net ${networks}`, BigInt(networks));
    for (const account of [TILL, SAFE]) await indexRowsOf(database.db).account(networkId, account);
    writer = indexWriterOf(database, networkId, KEY);
    await writer.block({ number: 1, hash: hashOf(1), parent: '0x0', used: [] });
  };
  const grow = async (from: number, to: number, used = [TILL]): Promise<void> => {
    for (let number = from; number <= to; number += 1)
      await writer.block({ number, hash: hashOf(number), parent: hashOf(number - 1), used });
  };
  const openHub = (settings: Partial<HubSettings> = {}, limits = { blocks: 500, rows: 200 }): ChangeHub => {
    const repository = new FeedRepository(database.api, () => undefined, limits);
    const onError = (error: unknown): void => {
      throw error as Error;
    };
    const hub = new ChangeHub({ repository, settings: { ...SETTINGS, ...settings }, onError });
    hubs.push(hub);
    return hub;
  };
  const listen = (
    hub: ChangeHub,
    after?: Position,
    wish: { accepts?: () => boolean; finality?: boolean } = {},
  ) =>
    hub.subscribe<Change>(
      { networkId, scope: database.everything, after },
      { accepts: () => true, finality: true, ...wish, show: (change) => change, cursorOf: nameOf },
    );
  /** All there is by now, however little of it waits at once. */
  const waitingIn = async (hub: ChangeHub, queue: BoundedQueue<Change, Position>): Promise<Change[]> => {
    const changes: Change[] = [];
    await hub.settled();
    while (queue.length > 0) {
      while (queue.length > 0) changes.push((await queue.next()).value as Change);
      await hub.settled();
    }
    return changes;
  };
  const printed = (changes: readonly Change[]): string[] =>
    changes.map(({ block, told }) => `${told.kind} ${block.blockNumber}`);
  const from = endOfBlock(1, hashOf(1));

  afterEach(() => {
    for (const hub of hubs.splice(0)) hub.close();
  });

  describe('of one chain', () => {
    beforeAll(openNetwork);
    beforeAll(async () => {
      await grow(2, 4);
      await writer.finalize(3);
    });

    it('is told at the beginning as it is, and when it moves, with no new block', async () => {
      const hub = openHub();
      const queue = await listen(hub);
      const [first, ...others] = await waitingIn(hub, queue);
      expect([first, others]).toMatchObject([
        {
          told: { kind: 'FINALIZED' },
          block: { blockNumber: 3, blockHash: 0xa3n, finality: 'ACCEPTED_ON_L1' },
          position: { ...endOfBlock(4, hashOf(4)), final: 3 },
        },
        [],
      ]);
      await writer.finalize(4);
      expect(printed(await waitingIn(hub, queue))).toEqual(['FINALIZED 4']);
      expect(await waitingIn(hub, queue)).toEqual([]);
    });

    it.each([
      { blocks: 500, rows: 200 },
      { blocks: 1, rows: 2 },
    ])('comes behind everything up to it, $blocks blocks and $rows rows at a time', async (limits) => {
      const told = printed(await waitingIn(openHub({}, limits), await listen(hubs[0]!, from)));
      expect(told.filter((line) => !line.startsWith('FINDING'))).toEqual([
        ...[2, 3, 4].map((number) => `SESSION ${number}`),
        'FINALIZED 4',
      ]);
    });

    it('is not told again to who goes on behind it, and is told to who goes on before', async () => {
      const hub = openHub();
      const told = await waitingIn(hub, await listen(hub, from));
      const [before, last] = [told.at(-2)!, told.at(-1)!];
      expect(await waitingIn(hub, await listen(hub, last.position))).toEqual([]);
      expect(printed(await waitingIn(hub, await listen(hub, before.position)))).toEqual(['FINALIZED 4']);
      const older = { ...before.position, final: 3 };
      expect(printed(await waitingIn(hub, await listen(hub, older)))).toEqual(['FINALIZED 4']);
    });

    it('is told to who wants nothing else, and not to who does not want it', async () => {
      const hub = openHub();
      const only = await listen(hub, from, { accepts: () => false });
      const without = await listen(hub, from, { finality: false });
      expect(printed(await waitingIn(hub, only))).toEqual(['FINALIZED 4']);
      const told = await waitingIn(hub, without);
      expect(told.length).toBeGreaterThan(0);
      expect(printed(told)).not.toContain('FINALIZED 4');
    });

    it('waits once for who does not read, however often it moves, and does not end him', async () => {
      const hub = openHub({ maxEvents: 2 });
      const queue = await listen(hub, endOfBlock(4, hashOf(4)), { accepts: () => false });
      for (let number = 5; number < 15; number += 1) {
        await grow(number, number);
        await writer.finalize(number);
        await hub.settled();
        expect([queue.length, queue.isBlocked]).toEqual([1, false]);
      }
      expect(printed(await waitingIn(hub, queue))).toEqual(['FINALIZED 14']);
    });

    it('is no block above one that is not', async () => {
      await grow(15, 17);
      await database.sql`update blocks set finality = 'ACCEPTED_ON_L1'
        where network_id = ${networkId} and block_number = 16`;
      const hub = openHub();
      expect(printed(await waitingIn(hub, await listen(hub)))).toEqual(['FINALIZED 14']);
    });

    it('is looked for by a process that hears of it', async () => {
      const heard: string[] = [];
      const listening = await database.sql.listen('purser_cursor', (payload) => void heard.push(payload));
      await writer.finalize(17);
      // Nothing changed: there is nothing to hear of.
      await writer.finalize(17);
      await database.sql`select pg_notify('purser_cursor', 'the end')`;
      for (let tries = 0; tries < 200 && !heard.includes('the end'); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 10));
      await listening.unlisten();
      expect(heard).toEqual([String(networkId), 'the end']);
    });
  });

  it('is never taken back, and all that is told less what is taken back is the chain, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(finalityModel.commands, async (commands) => {
        await openNetwork();
        const small = openHub({ maxEvents: 3 }, { blocks: 2, rows: 2 });
        const model = finalityModel.of({
          ...{ writer, accounts: [TILL, SAFE] },
          hubs: [openHub(), small],
          listen: (hub, after) => listen(hub, after),
          waitingIn,
        });
        for (const command of commands) await model.run(command);
        await model.end();
        for (const hub of hubs.splice(0)) hub.close();
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
