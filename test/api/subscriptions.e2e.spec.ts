import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import { createSessionWorld, type SessionWorld, sessionKeyOf, testAccess, withDatabase } from '#libs/testing';
import { createContext } from '../../apps/cli/src/context.ts';
import { runProgram } from '../../apps/cli/src/program.ts';
import { listenAs } from '../access/matrix/listen.ts';
import {
  emptied,
  type Listening,
  listenTo,
  type ServedFeed,
  serveFeed,
  type ToldEvent,
} from './served-feed.ts';

jest.setTimeout(60_000);

const SECRET = 0x777n;
const KEY = feltToHex(sessionKeyOf(SECRET));

const fail = (text: string): never => {
  throw new Error(text);
};

const brief = ({ kind, sessionChanges, policyChanges, retractedKind }: ToldEvent): string =>
  [kind, retractedKind, ...sessionChanges, ...policyChanges].filter((word) => word !== null).join(' ');

describe('what changes, told by two processes on one database', () => {
  const database = withDatabase();
  const access = testAccess(database);
  const world: SessionWorld = createSessionWorld();
  const account = feltToHex(world.account.address);
  let one: ServedFeed;
  let two: ServedFeed;
  let key: string;
  let networkId: number;
  let caughtUp: () => Promise<void>;

  beforeAll(async () => {
    const running = await world.follow(database.indexer, {
      discovery: false,
      watch: [world.account.address],
    });
    caughtUp = () => running.caughtUp();
    networkId = running.indexer.status()!.networkId;
    key = await access.keyOf('INTEGRATOR');
    const deaf = { pollMs: 1_000_000 };
    one = await serveFeed(database, access, networkId, { listensAs: 'live-one', settings: deaf });
    two = await serveFeed(database, access, networkId, { settings: { pollMs: 50 } });
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await world.close();
  });

  const listening = async (work: (...listeners: Listening[]) => Promise<void>, ...feeds: ServedFeed[]) => {
    const listeners = await Promise.all(feeds.map((feed) => listenTo(feed, key)));
    try {
      await work(...listeners);
    } finally {
      await Promise.all(listeners.map((listener) => listener.close()));
    }
  };

  const here = async (): Promise<string> => {
    await caughtUp();
    const [cursor] = await database.sql<{ block_number: number; block_hash: string }[]>`
      select block_number, block_hash from cursors where network_id = ${networkId}`;
    return `block:${cursor!.block_number}:${cursor!.block_hash}`;
  };

  it('is the same to all, in the order of the chain, with the block and how final it is', async () => {
    await listening(
      async (heard, looked) => {
        world.grant(SECRET, 1_000n);
        world.spend(SECRET, 7n);
        const [told, same] = [await heard.take(4), await looked.take(4)];
        expect(same).toEqual(told);
        expect(told.map(brief)).toEqual(['SESSION GRANTED', 'POLICY SET', 'SESSION USED', 'POLICY SPENT']);
        expect(told[3]).toMatchObject({
          ...{ account, sessionKey: KEY, token: feltToHex(world.token) },
          policy: { remaining: '93', storedSpent: '7' },
          asOf: { finality: 'ACCEPTED_ON_L2' },
        });
        expect(told[2]?.session).toEqual({ status: 'ACTIVE', callsUsed: 1, remainingCalls: 999 });
        expect(new Set(told.map(({ id }) => id)).size).toBe(4);
      },
      one,
      two,
    );
  });

  it('is gone on with in the middle of a block, by another process, and from where an answer stood', async () => {
    const before = await here();
    world.spend(SECRET, 1n);
    await caughtUp();
    const first = await listenTo(one, key, { after: before });
    const [session, policy] = await first.take(2);
    await first.close();
    const second = await listenTo(two, key, { after: session!.cursor });
    expect(await second.next()).toEqual(policy);
    world.spend(SECRET, 1n);
    expect((await second.take(2)).map(brief)).toEqual(['SESSION USED', 'POLICY SPENT']);
    await second.close();
  });

  it('is taken back, the last first, where three blocks leave the chain', async () => {
    await listening(
      async (heard, looked) => {
        for (let n = 0; n < 3; n += 1) world.spend(SECRET, 1n);
        const told = await heard.take(6);
        await looked.take(6);
        world.reorg(3);
        await caughtUp();
        for (const listener of [heard, looked]) {
          const taken: ToldEvent[] = [];
          while (taken.filter(({ retractedKind }) => retractedKind !== 'FINDING').length < 6)
            taken.push(await listener.next());
          const kept = taken.filter(({ retractedKind }) => retractedKind !== 'FINDING');
          expect(kept.map(({ retracts }) => retracts)).toEqual(told.map(({ id }) => id).toReversed());
          expect(kept.map(({ asOf }) => asOf.blockHash)).toEqual(
            told.map(({ asOf }) => asOf.blockHash).toReversed(),
          );
          expect(taken.every(({ kind }) => kind === 'RETRACTED')).toBe(true);
        }
        world.spend(SECRET, 2n);
        const [after] = await heard.take(3);
        expect([after?.kind, after?.retractedKind]).toEqual(['RETRACTED', 'FINDING']);
      },
      one,
      two,
    );
  });

  it('is heard of again after the connection that listens was cut', async () => {
    const listeners = () =>
      database.sql<{ pid: number }[]>`
        select pid from pg_stat_activity where application_name = 'live-one'`;
    await listening(async (heard) => {
      const [cut] = await listeners();
      await database.tamper(`select pg_terminate_backend(${cut!.pid})`);
      for (let tries = 0; tries < 500; tries += 1) {
        const [now] = await listeners();
        if (now !== undefined && now.pid !== cut!.pid) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      world.spend(SECRET, 1n);
      expect((await heard.take(2)).map(brief)).toEqual(['SESSION USED', 'POLICY SPENT']);
    }, one);
  });

  it('waits in bounds for a reader who stopped reading, ends, and is gone on with', async () => {
    const settings = { maxEvents: 4, slowAfterMs: 100 };
    const small = await serveFeed(database, access, networkId, { listensAs: 'live-small', settings });
    const from = await here();
    for (let n = 0; n < 6; n += 1) world.spend(SECRET, 1n);
    await caughtUp();
    const text = `subscription { changed(after: "${from}") { cursor id } }`;
    const told = await listenAs({ server: small.server, access }, key, text, { readEvery: 300 });
    const cursors = (told.data?.['changed'] ?? []) as { cursor: string; id: string }[];
    const [error] = told.errors ?? [];
    expect(error?.extensions).toMatchObject({ code: 'SUBSCRIBER_TOO_SLOW', retryable: true });
    const { resumeAfter } = error?.extensions?.['details'] as { resumeAfter: string };
    expect([cursors.at(-1)?.cursor, small.hub.size]).toEqual([resumeAfter, 0]);
    const all = await listenTo(one, key, { after: from });
    const rest = await listenTo(small, key, { after: resumeAfter });
    const whole = (await all.take(12)).map(({ id }) => id);
    const remaining = (await rest.take(12 - cursors.length)).map(({ id }) => id);
    expect([...cursors.map(({ id }) => id), ...remaining]).toEqual(whole);
    await Promise.all([all.close(), rest.close()]);
    await small.close();
  });

  it('ends with the key, in every process', async () => {
    const { keyId, text } = await access.makeKey(1, { role: 'AUDITOR' });
    const listeners = [await listenTo(one, text), await listenTo(two, text)];
    await database.sql`update api_keys set revoked_at = now() where key_id = ${keyId}`;
    access.authenticator.forget(keyId);
    for (const { peer } of listeners)
      expect(await peer.closed).toEqual({ code: 4403, reason: 'KEY_REVOKED' });
    expect([await emptied(one), await emptied(two)]).toEqual([0, 0]);
  });

  it('is told to who follows the account later, from then on', async () => {
    const shop = await database.organisation('shop');
    const { text } = await access.makeKey(shop.id, { role: 'ADMIN' });
    const [theirs, ours] = [await listenTo(one, text), await listenTo(one, key)];
    world.spend(SECRET, 1n);
    await ours.take(2);
    expect(theirs.peer.received.map(({ type }) => type)).toEqual(['connection_ack']);
    // Each organisation is read by itself: this one has to stand behind that block, too.
    await one.hub.settled();
    await shop.follow(networkId, world.account.address);
    world.spend(SECRET, 1n);
    const told = await theirs.take(2);
    expect(told.map(brief)).toEqual(['SESSION USED', 'POLICY SPENT']);
    // Cursors are each organisation's own.
    expect(told.map(({ id }) => id)).toEqual((await ours.take(2)).map(({ id }) => id));
    await Promise.all([theirs.close(), ours.close()]);
  });

  it.each([
    ['a cursor of somebody else', async () => ({ after: await cursorOf('ADMIN', {}) }), 'BAD_CURSOR'],
    [
      'a cursor of other kinds',
      async () => ({ after: await cursorOf('ADMIN', {}), kinds: ['POLICY'] }),
      'BAD_CURSOR',
    ],
    ['no cursor', () => ({ after: 'AAAA' }), 'BAD_CURSOR'],
    ['a block that never was', () => ({ after: 'block:3:0xdead' }), 'RESUME_POSITION_UNKNOWN'],
    ['no kind', () => ({ kinds: [] }), 'BAD_INPUT'],
    ['retractions alone', () => ({ kinds: ['RETRACTED'] }), 'BAD_INPUT'],
    ['no account', () => ({ accounts: [] }), 'BAD_INPUT'],
  ] as const)('does not begin with %s', async (what, variables, code) => {
    const isElse = what === 'a cursor of somebody else';
    const of = isElse ? (await database.organisation('others')).id : 1;
    const { text } = await access.makeKey(of, { role: 'ADMIN' });
    const listener = await listenTo(one, text, await variables());
    await expect(listener.next()).rejects.toThrow(code);
    await listener.close();
    expect(await emptied(one)).toBe(0);
  });

  const cursorOf = async (role: 'ADMIN', variables: { kinds?: readonly string[] }): Promise<string> => {
    const after = await here();
    world.spend(SECRET, 1n);
    const listener = await listenTo(one, await access.keyOf(role), { after, ...variables });
    const { cursor } = await listener.next();
    await listener.close();
    return cursor;
  };

  it('is followed at the terminal, as lines or as JSON', async () => {
    const after = await here();
    world.spend(SECRET, 1n);
    const run = async (...options: string[]): Promise<string[]> => {
      const out: string[] = [];
      const terminal = { out: (text: string) => void out.push(text), err: fail, isInteractive: false };
      const args = ['changes', '--url', one.url, '--key', key, '--after', after, ...options];
      expect(await runProgram(args, createContext({}, terminal))).toBe(0);
      return out;
    };
    const [session, policy] = await run('--limit', '2');
    expect(session).toMatch(new RegExp(`${account}  ${KEY}  used; \\d+ calls left`));
    expect(policy).toMatch(new RegExp(`spent of ${feltToHex(world.token)}; \\d+ left`));
    const [json = ''] = await run('--limit', '1', '--json', '--kind', 'policy', '--account', account);
    expect(JSON.parse(json)).toMatchObject({ kind: 'POLICY', policyChanges: ['SPENT'] });
  });

  it('ends with the server, and leaves nobody behind', async () => {
    const brief = await serveFeed(database, access, networkId, { listensAs: 'live-brief' });
    const { peer } = await listenTo(brief, key);
    await brief.close();
    expect(await peer.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await emptied(brief)).toBe(0);
  });
});
