import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PurserError } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { type Address, feltToHex, toAddress, toSessionKey } from '#libs/felt';
import { indexRowsOf, withDatabase } from '#libs/testing';
import { type IndexWriter, indexWriterOf } from '../spec/index-writer.ts';
import type { BoundedQueue } from './bounded-queue.ts';
import type { Change } from './change.ts';
import { ChangeHub, type HubSettings } from './change-hub.ts';
import { FeedRepository } from './feed.repository.ts';
import { endOfBlock, nameOf, type Position } from './position.ts';

const SETTINGS: HubSettings = {
  ...{ maxEvents: 1_000, maxSize: 1_000_000, pollMs: 1_000_000, gatherMs: 1_000_000, slowAfterMs: 1_000_000 },
  maxOfOrganisation: 3,
};
const KEY = toSessionKey(0x77n);
const TILL = toAddress(0x1111n);
const SAFE = toAddress(0x2222n);
/** Of a branch: blocks of the same height have other hashes. */
const hashOf = (branch: string, number: number): string => `0x${branch}${number}`;

describe.each([
  { blocks: 500, rows: 200 },
  { blocks: 1, rows: 2 },
])('changes, $blocks blocks and $rows rows at a time', (limits) => {
  const database = withDatabase();
  const hubs: ChangeHub[] = [];
  let networkId: number;
  let writer: IndexWriter;
  let number = 0;

  beforeAll(async () => {
    networkId = await indexRowsOf(database.db).network('sandbox');
    writer = indexWriterOf(database, networkId, KEY);
    for (const account of [TILL, SAFE]) await indexRowsOf(database.db).account(networkId, account);
    await block('b', 1, '0x0', []);
  });
  beforeEach(async () => {
    // Each begins on a branch of its own, above block 1.
    await leave(1);
    number += 1;
  });
  afterEach(() => {
    for (const hub of hubs.splice(0)) hub.close();
  });

  /** Commits a block, new or one that comes back, in which the key of these accounts was used. */
  const block = (branch: string, at: number, parent: string, used: readonly Address[]): Promise<void> =>
    writer.block({ number: at, hash: hashOf(branch, at), parent, used });

  /** Rolls back to a block of the trunk. */
  const leave = (ancestor: number): Promise<void> =>
    writer.leave({ number: ancestor, hash: hashOf('b', ancestor) });

  /** Three blocks above block 1, in each of which both accounts did something. */
  const grow = async (branch: string, used: readonly Address[] = [TILL]): Promise<void> => {
    const name = `${branch}${number}`;
    await block(name, 2, hashOf('b', 1), used);
    await block(name, 3, hashOf(name, 2), used);
    await block(name, 4, hashOf(name, 3), used);
  };

  const openHub = (settings: Partial<HubSettings> = {}): ChangeHub => {
    const repository = new FeedRepository(database.api, () => undefined, limits);
    const onError = (error: unknown): void => {
      throw error as Error;
    };
    const hub = new ChangeHub({ repository, settings: { ...SETTINGS, ...settings }, onError });
    hubs.push(hub);
    return hub;
  };

  const listen = (hub: ChangeHub, scope: RequestScope = database.everything, after?: Position) =>
    hub.subscribe<Change>(
      { networkId, scope, after },
      { accepts: () => true, finality: true, show: (change) => change, cursorOf: nameOf },
    );

  const waitingIn = async (hub: ChangeHub, queue: BoundedQueue<Change, Position>): Promise<Change[]> => {
    await hub.settled();
    const changes: Change[] = [];
    while (queue.length > 0) changes.push((await queue.next()).value as Change);
    return changes;
  };

  /** As `block kind account`; what is taken back of a finding that nobody had is left out. */
  const printed = (changes: readonly Change[]): string[] =>
    changes
      .filter(({ told, place }) => told.kind !== 'RETRACTED' || place[3] !== 'FINDING')
      .map(({ block: { blockHash }, told, place }) => `${feltToHex(blockHash)} ${told.kind} ${place[0]}`);

  const told = (
    branch: string,
    numbers: readonly number[],
    kind = 'SESSION',
    account: Address = TILL,
  ): string[] => numbers.map((at) => `${hashOf(`${branch}${number}`, at)} ${kind} ${feltToHex(account)}`);

  const kept = (changes: readonly Change[]): string[] =>
    printed(changes).filter((line) => !line.includes('FINDING'));

  it('are told as they come, taken back the last first, and told again where the first branch comes back', async () => {
    const hub = openHub();
    const queue = await listen(hub);
    await grow('a');
    expect(kept(await waitingIn(hub, queue))).toEqual(told('a', [2, 3, 4]));
    await leave(1);
    await grow('c');
    expect(kept(await waitingIn(hub, queue))).toEqual([
      ...told('a', [4, 3, 2], 'RETRACTED'),
      ...told('c', [2, 3, 4]),
    ]);
    await leave(1);
    await grow('a');
    expect(kept(await waitingIn(hub, queue))).toEqual([
      ...told('c', [4, 3, 2], 'RETRACTED'),
      ...told('a', [2, 3, 4]),
    ]);
  });

  it('are none where a branch left and came back before anybody looked', async () => {
    const hub = openHub();
    const queue = await listen(hub);
    await grow('a');
    await waitingIn(hub, queue);
    await leave(1);
    await grow('c');
    await leave(1);
    await grow('a');
    expect(await waitingIn(hub, queue)).toEqual([]);
  });

  it('go on from any position of them, with nothing missing and nothing twice', async () => {
    const hub = openHub({ maxOfOrganisation: 100 });
    await grow('a', [TILL, SAFE]);
    const from = endOfBlock(1, hashOf('b', 1));
    const all = await waitingIn(hub, await listen(hub, database.everything, from));
    expect(kept(all).length).toBe(6);
    for (const [index, change] of all.entries()) {
      const rest = await waitingIn(hub, await listen(hub, database.everything, change.position));
      expect(printed(rest)).toEqual(printed(all.slice(index + 1)));
    }
    await leave(1);
    await grow('c', [SAFE]);
    for (const [index, change] of all.entries()) {
      const rest = printed(await waitingIn(hub, await listen(hub, database.everything, change.position)));
      const undone = all
        .slice(0, index + 1)
        .filter(({ told: { kind } }) => kind === 'SESSION')
        .toReversed();
      expect(rest.filter((line) => line.includes('RETRACTED'))).toEqual(
        undone.map(({ block: { blockHash }, place }) => `${feltToHex(blockHash)} RETRACTED ${place[0]}`),
      );
      expect(rest.filter((line) => line.includes('SESSION'))).toEqual(told('c', [2, 3, 4], 'SESSION', SAFE));
    }
  });

  it('are those of accounts that the organisation follows and the key sees, as it is when they are told', async () => {
    await database.sql`delete from follow_rules`;
    const hub = openHub();
    const organisation = await database.organisation(`shop ${number}`);
    await organisation.follow(networkId, TILL, { label: 'till' });
    const limited = { ...organisation.scope, only: { accounts: [], labels: ['safe'] } };
    const [whole, part] = [await listen(hub, organisation.scope), await listen(hub, limited)];
    await grow('a', [TILL, SAFE]);
    expect(kept(await waitingIn(hub, whole))).toEqual(told('a', [2, 3, 4]));
    expect(await waitingIn(hub, part)).toEqual([]);
    await organisation.follow(networkId, SAFE, { label: 'safe' });
    await block(`a${number}`, 5, hashOf(`a${number}`, 4), [TILL, SAFE]);
    expect(kept(await waitingIn(hub, whole))).toEqual([
      ...told('a', [5]),
      ...told('a', [5], 'SESSION', SAFE),
    ]);
    expect(kept(await waitingIn(hub, part))).toEqual(told('a', [5], 'SESSION', SAFE));
  });

  it('are read with one statement for all of an organisation who stand at the same block', async () => {
    const hub = openHub();
    const queues = [await listen(hub), await listen(hub), await listen(hub)];
    const steps: string[] = [];
    const { api } = database;
    const counted = new FeedRepository(
      {
        ...api,
        build: api.build,
        read: (scope, statement) => {
          steps.push(statement.compile(api.build).sql.slice(0, 20));
          return api.read(scope, statement);
        },
      },
      () => undefined,
    );
    const other = new ChangeHub({ repository: counted, settings: SETTINGS, onError: () => undefined });
    hubs.push(other);
    for (let n = 0; n < 3; n += 1) await listen(other);
    steps.length = 0;
    await grow('a');
    await other.settled();
    expect(steps.filter((sql) => sql.includes('with recursive'))).toHaveLength(1);
    for (const queue of queues) expect(kept(await waitingIn(hub, queue))).toHaveLength(3);
  });

  it('wait for a slow reader in bounds, and end for him with where to go on', async () => {
    let nowMs = 0;
    const repository = new FeedRepository(database.api, () => undefined, limits);
    const settings = { ...SETTINGS, maxEvents: 2, slowAfterMs: 50 };
    const hub = new ChangeHub({ repository, settings, nowMs: () => nowMs, onError: () => undefined });
    hubs.push(hub);
    hub.start();
    const queue = await listen(hub, database.everything, endOfBlock(1, hashOf('b', 1)));
    await grow('a', [TILL, SAFE]);
    const first = queue.next();
    await hub.settled();
    const { value } = await first;
    expect([queue.length, queue.isBlocked]).toEqual([2, true]);
    nowMs = 60;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(queue.length).toBe(0);
    const error: unknown = await queue.next().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'SUBSCRIBER_TOO_SLOW',
      details: { resumeAfter: nameOf((value as Change).position) },
    });
    expect(hub.size).toBe(0);
  });

  it('reach a reader who takes his time in whole, read by read', async () => {
    const hub = openHub({ maxEvents: 2 });
    const queue = await listen(hub);
    await grow('a', [TILL, SAFE]);
    await hub.settled();
    const read: Change[] = [];
    for (let n = 0; n < 6; ) {
      const { value } = await queue.next();
      read.push(value as Change);
      if ((value as Change).told.kind === 'SESSION') n += 1;
    }
    expect(kept(read)).toEqual(
      [2, 3, 4].flatMap((at) => [...told('a', [at]), ...told('a', [at], 'SESSION', SAFE)]),
    );
  });

  it('begin nowhere but at a block that was seen, and for so many of an organisation', async () => {
    const hub = openHub();
    const refusal = async (asked: Promise<unknown>): Promise<unknown> =>
      asked.catch((error: unknown) => (error instanceof PurserError ? error.code : error));
    expect(await refusal(listen(hub, database.everything, endOfBlock(2, '0xdead')))).toBe(
      'RESUME_POSITION_UNKNOWN',
    );
    expect(await refusal(listen(hub, database.everything, endOfBlock(2, hashOf('b', 1))))).toBe(
      'RESUME_POSITION_UNKNOWN',
    );
    const queues = [await listen(hub), await listen(hub), await listen(hub)];
    expect(await refusal(listen(hub))).toBe('RATE_LIMITED');
    await queues[0]?.return();
    expect([await refusal(listen(hub)), hub.size]).toEqual([expect.anything(), 3]);
  });
});
