import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import { createSessionWorld, type RunningIndexer, testAccess, withDatabase } from '#libs/testing';
import { createContext } from '../../apps/cli/src/context.ts';
import { runProgram } from '../../apps/cli/src/program.ts';
import { listenTo, type ServedFeed, serveFeed, type ToldEvent } from './served-feed.ts';

jest.setTimeout(60_000);

const SECRET = 0x777n;

describe('what became final, told by two processes on one database', () => {
  const database = withDatabase();
  const access = testAccess(database);
  const world = createSessionWorld();
  let running: RunningIndexer;
  let one: ServedFeed;
  let two: ServedFeed;
  let key: string;
  let networkId: number;
  /** Before anything happened. */
  let start: string;
  /** Of an event that was told while nothing was final. */
  let early: ToldEvent;

  beforeAll(async () => {
    running = await world.follow(database.indexer, { discovery: false, watch: [world.account.address] });
    networkId = running.indexer.status()!.networkId;
    key = await access.keyOf('INTEGRATOR');
    // It does not look by itself: what it tells, it heard.
    one = await serveFeed(database, access, networkId, {
      listensAs: 'finality-one',
      settings: { pollMs: 1_000_000 },
    });
    two = await serveFeed(database, access, networkId, { settings: { pollMs: 50 } });
    const { blockNumber, blockHash } = running.indexer.status()!.indexed!;
    start = `block:${blockNumber}:${feltToHex(blockHash)}`;
    world.grant(SECRET, 1_000n);
    world.spend(SECRET, 7n);
    await running.caughtUp();
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await world.close();
  });

  const head = (): number => world.chain.request('starknet_blockNumber') as number;
  const accept = (blockNumber: number): void => {
    world.chain.request('devnet_acceptOnL1', { starting_block_id: { block_number: blockNumber } });
  };
  const committed = async (blockNumber: number): Promise<void> => {
    for (let tries = 0; tries < 2_000; tries += 1) {
      const [row] = await database.sql<{ finality: string }[]>`
        select finality from blocks where network_id = ${networkId} and block_number = ${blockNumber} and canonical`;
      if (row?.finality === 'ACCEPTED_ON_L1') return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error('waited in vain');
  };
  const brief = ({ kind, asOf }: ToldEvent): string => `${kind} ${asOf.blockNumber}`;

  it('is told by each within the second, while no block comes, as the same event of no account', async () => {
    const listeners = [
      await listenTo(one, key, { after: start }),
      await listenTo(two, key, { after: start }),
    ];
    const told = await Promise.all(listeners.map((listener) => listener.take(4)));
    early = told[0]![0]!;
    const at = head();
    accept(at);
    await committed(at);
    const since = performance.now();
    const finals = await Promise.all(listeners.map((listener) => listener.next()));
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(finals[0]).toMatchObject({
      ...{ kind: 'FINALIZED', account: null, sessionKey: null, token: null, retracts: null },
      asOf: { blockNumber: at, blockHash: told[0]![3]!.asOf.blockHash, finality: 'ACCEPTED_ON_L1' },
    });
    expect(finals[1]).toEqual(finals[0]);
    await Promise.all(listeners.map((listener) => listener.close()));
  });

  it('is told once, behind what it makes final, to who goes on from before it, and not to who knows of it', async () => {
    const at = head();
    const first = await listenTo(two, key, { after: early.cursor });
    const rest = await first.take(4);
    expect(rest.map(({ kind }) => kind)).toEqual(['POLICY', 'SESSION', 'POLICY', 'FINALIZED']);
    expect(rest.slice(0, 3).every(({ asOf }) => asOf.finality === 'ACCEPTED_ON_L1')).toBe(true);
    await first.close();
    const second = await listenTo(one, key, { after: rest[3]!.cursor });
    world.spend(SECRET, 1n);
    const [session, policy] = await second.take(2);
    expect([session, policy].map((event) => brief(event!))).toEqual([
      `SESSION ${at + 1}`,
      `POLICY ${at + 1}`,
    ]);
    await second.close();
  });

  it('stays, while a reorganisation takes back what is above it', async () => {
    const final = head() - 1;
    const listener = await listenTo(one, key, { after: start });
    const told = await listener.take(7);
    expect(told.map(({ kind }) => kind).filter((kind) => kind === 'FINALIZED')).toHaveLength(1);
    world.reorg(1);
    const taken = await listener.take(3);
    expect(taken.map(brief)).toEqual(Array.from({ length: 3 }, () => `RETRACTED ${final + 1}`));
    await running.caughtUp();
    accept(head());
    expect(brief(await listener.next())).toBe(`FINALIZED ${head()}`);
    await listener.close();
  });

  it.each([
    ['who asks for another account', { accounts: ['0x5'] }],
    ['who asks for nothing else', { kinds: ['FINALIZED'] }],
  ])('is told to %s, and nothing of others with it', async (_who, variables) => {
    const listener = await listenTo(one, key, { after: start, ...variables });
    expect(brief(await listener.next())).toBe(`FINALIZED ${head()}`);
    await listener.close();
  });

  it('is told to an organisation that follows nothing, of the network alone', async () => {
    const shop = await database.organisation('shop');
    const { text } = await access.makeKey(shop.id, { role: 'ADMIN' });
    const listener = await listenTo(one, text, { after: start });
    expect(await listener.next()).toMatchObject({ kind: 'FINALIZED', account: null, sessionKey: null });
    world.spend(SECRET, 1n);
    await running.caughtUp();
    accept(head());
    expect(brief(await listener.next())).toBe(`FINALIZED ${head()}`);
    await listener.close();
  });

  it('is left out where it is not asked for, of the same cursor', async () => {
    const kinds = ['SESSION', 'POLICY', 'FINDING'];
    const listener = await listenTo(two, key, { after: early.cursor, kinds });
    await two.hub.settled();
    world.spend(SECRET, 1n);
    const told = await listener.take(7);
    expect(told.map(({ kind }) => kind)).not.toContain('FINALIZED');
    expect(told.at(-1)?.asOf.blockNumber).toBe(head());
    await listener.close();
  });

  it('is no reason to ask for retractions', async () => {
    const listener = await listenTo(one, key, { kinds: ['FINALIZED', 'RETRACTED'] });
    await expect(listener.next()).rejects.toThrow('BAD_INPUT');
    await listener.close();
  });

  it('is followed at the terminal, as a line or as JSON', async () => {
    const run = async (...options: string[]): Promise<string> => {
      const out: string[] = [];
      const terminal = { out: (text: string) => void out.push(text), err: String, isInteractive: false };
      const args = [
        'changes',
        '--url',
        one.url,
        '--key',
        key,
        '--limit',
        '1',
        '--kind',
        'finalized',
        ...options,
      ];
      expect(await runProgram(args, createContext({}, terminal))).toBe(0);
      return out.join('');
    };
    const final = head() - 1;
    expect(await run()).toMatch(
      new RegExp(`^${final} .*  the network  final: nothing up to this block is taken back any more$`),
    );
    expect(JSON.parse(await run('--json'))).toMatchObject({
      ...{ kind: 'FINALIZED', account: null },
      asOf: { blockNumber: final, finality: 'ACCEPTED_ON_L1' },
    });
  });

  it('comes with amounts in whole tokens, where the token says its decimals by then', async () => {
    const listener = await listenTo(one, key, { kinds: ['POLICY'] });
    world.spend(SECRET, 1n);
    const { policy } = await listener.next();
    expect([policy?.remainingScaled, policy?.storedSpentScaled]).toEqual([null, null]);
    await database.db
      .insertInto('tokens')
      .values({ network_id: networkId, address: feltToHex(world.token), decimals: 1, read_at_block: 1 })
      .execute();
    world.spend(SECRET, 1n);
    const { policy: known } = await listener.next();
    const tenth = (raw: string): string => String(Number(raw) / 10);
    expect(known?.storedSpent).toMatch(/^[1-9]/);
    expect([known?.remainingScaled, known?.storedSpentScaled]).toEqual([
      tenth(known!.remaining!),
      tenth(known!.storedSpent),
    ]);
    await listener.close();
  });
});
