import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountProjection, Projection } from '#libs/facts';
import { createSessionWorld, withDatabase } from '#libs/testing';
import { projections } from './projections.ts';
import { rebuild, type RebuildOptions } from './rebuild.ts';
import { verifyStore } from './verify/verify-store.ts';

const NETWORK = 1;
const TABLES = projections.flatMap(({ tables }) => tables.map(({ name }) => name));

/** From everything at once to each account alone, and to rows that are never held. */
const SIZES = [
  ['all accounts at once', { range: 1_000_000, account: 1_000_000 }],
  ['one account after the other', { range: 1, account: 1_000_000 }],
  ['by the server alone', { range: 1_000_000, account: 0 }],
] as const;

/** Something that read models hold and facts do not say, in accounts below, between and above those with facts. */
const STRAY = ['0x0', '0x1', '0x5', '0xfffff'].map(
  (account) => `insert into session_keys values (1, '${account}', '0x2', '0x3', '0x4')`,
);
const WRONG: readonly (readonly [string, string])[] = [
  ['a row of an account without facts', STRAY.join(';')],
  [
    'a counter of one account',
    'update session_versions set calls_used = 3 where account = (select min(account) from session_versions)',
  ],
  ['a slot of a key', "update session_keys set slot_base = '0x1'"],
  [
    'the slot of the last key',
    "update session_keys set entrypoints_base = '0x1' where session_key = (select max(session_key) from session_keys)",
  ],
  ['a null that was something', 'update session_versions set lifecycle_tx = null'],
  ['a class that is gone', 'delete from account_versions'],
  ['calls in other words', `update uses set calls = '[{"to": "0x1"}]'`],
  ['every table emptied', TABLES.map((table) => `delete from ${table}`).join(';')],
];

describe('a rebuild', () => {
  const database = withDatabase();
  const world = createSessionWorld();
  let whole: Readonly<Record<string, readonly string[]>>;

  const dump = async () =>
    Object.fromEntries(
      await Promise.all(
        TABLES.map(async (table) => {
          const rows = await database.sql.unsafe(`select t::text as row from ${table} t order by 1`);
          return [table, rows.map(({ row }) => row as string)] as const;
        }),
      ),
    );

  beforeAll(async () => {
    const others = [0x77n, 0x78n].map((key) => world.chain.deployAccount('session_account_setting', key));
    const all = await world.follow(database.db, { startBlock: 0, discovery: true });
    for (const other of others) world.grant(0x601n, 3n, other);
    for (const secret of [0x701n, 0x702n]) world.grant(secret, 9n);
    for (const amount of [10n, 60n, 20n]) world.spend(0x701n, amount);
    await all.caughtUp();
    world.reorg(2);
    world.spend(0x702n, 5n);
    await all.caughtUp();
    await all.stop();
    whole = await dump();
  }, 60_000);
  afterAll(() => world.close());

  /** What is left behind on the server: temporary tables, and transactions that nobody ended. */
  const leftBehind = async () => {
    const [row] = await database.sql`
      select (select count(*)::int from pg_class where relname like 'shadow\\_%') as tables,
        (select count(*)::int from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%') as open`;
    return row;
  };
  const generation = async () =>
    (await database.sql`select generation from cursors`)[0]?.['generation'] as number;

  it('is of a world with rows in every table but one', () => {
    const empty = Object.entries(whole).flatMap(([table, rows]) => (rows.length > 0 ? [] : [table]));
    expect(empty).toEqual(['approvals']);
  });

  describe.each(SIZES)('comparing %s', (_how, sizes) => {
    it.each(WRONG)('finds %s, and puts it right', async (_what, statement) => {
      const before = await generation();
      await database.tamper(statement);
      const { findings } = await verifyStore(database.db, NETWORK, { sizes });
      expect(findings.map(({ code }) => code)).toContain('READ_MODEL_DIFFERS');
      const { changed } = await rebuild(database.db, NETWORK, { sizes });
      expect(await dump()).toEqual(whole);
      expect(Object.values(changed).some(({ removed, added }) => removed + added > 0)).toBe(true);
      expect(await generation()).toBe(before + 1);
    });

    it('changes nothing where nothing is wrong', async () => {
      const before = await generation();
      const { changed, again } = await rebuild(database.db, NETWORK, { sizes });
      const none = [...TABLES, 'account_months'].map((table) => [table, { removed: 0, added: 0 }]);
      expect([changed, again]).toEqual([Object.fromEntries(none), 0]);
      expect([await dump(), await generation()]).toEqual([whole, before]);
      expect((await verifyStore(database.db, NETWORK, { sizes })).findings).toEqual([]);
    });
  });

  it('finds more rows that nobody folded than it would hold', async () => {
    await database.tamper(`insert into session_keys
      select 1, '0x5', '0x1' || to_hex(n), '0x3', '0x4' from generate_series(1, 12000) as n`);
    const { findings } = await verifyStore(database.db, NETWORK, { limit: 7 });
    expect(findings).toHaveLength(7);
    const { changed } = await rebuild(database.db, NETWORK);
    expect(changed['session_keys']).toEqual({ removed: 12_000, added: 0 });
    expect(await dump()).toEqual(whole);
  });

  it('tells a row that is folded twice', async () => {
    const twice = withBlocks((fold) => ({
      ...fold,
      take: (end) =>
        Object.fromEntries(Object.entries(fold.take(end)).map(([name, rows]) => [name, [...rows, ...rows]])),
    }));
    const { findings } = await verifyStore(database.db, NETWORK, { projections: twice });
    expect(findings.map(({ code }) => code)).toContain('READ_MODEL_DIFFERS');
  });

  describe('that does not end', () => {
    beforeEach(() => database.tamper("update session_keys set slot_base = '0x1'"));

    const fails = async (options: RebuildOptions): Promise<unknown> => {
      const spoiled = await dump();
      const failure = await rebuild(database.db, NETWORK, options).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect([await dump(), await leftBehind()]).toEqual([spoiled, { tables: 0, open: 0 }]);
      await rebuild(database.db, NETWORK);
      expect(await dump()).toEqual(whole);
      return failure;
    };

    it('leaves everything as it was when it is cancelled before or while the facts are folded', async () => {
      expect(await fails({ signal: AbortSignal.abort(new Error('cancelled')) })).toEqual(
        new Error('cancelled'),
      );
      await database.tamper("update session_keys set slot_base = '0x1'");
      const stop = new AbortController();
      const onProgress = () => stop.abort(new Error('cancelled'));
      const failure = await fails({ signal: stop.signal, onProgress, sizes: { range: 1, account: 1 } });
      expect(failure).toEqual(new Error('cancelled'));
    });

    it('leaves everything as it was when a fold fails, in the first block or in a later one', async () => {
      for (const block of [1, 5]) {
        let blocks = 0;
        const failing = withBlocks((fold) => ({
          ...fold,
          block: (facts) => {
            blocks += 1;
            if (blocks === block) throw new RangeError('cannot be folded');
            fold.block(facts);
          },
        }));
        expect(await fails({ projections: failing })).toEqual(new RangeError('cannot be folded'));
        await database.tamper("update session_keys set slot_base = '0x1'");
      }
      await rebuild(database.db, NETWORK);
    });

    it('says that facts are damaged where the fold stumbles over what is left of them', async () => {
      await database.tamper(
        "create table kept_facts as select * from facts where kind = 'SessionKeyAdded'; delete from facts where kind = 'SessionKeyAdded'",
      );
      const failing = withBlocks((fold) => ({
        ...fold,
        block: () => {
          throw new RangeError('cannot be folded');
        },
      }));
      const failure = await rebuild(database.db, NETWORK, { projections: failing }).catch(
        (error: unknown) => error,
      );
      await database.tamper('insert into facts select * from kept_facts; drop table kept_facts');
      expect(failure).toMatchObject({ code: 'FACTS_DAMAGED' });
      expect(await leftBehind()).toEqual({ tables: 0, open: 0 });
      await rebuild(database.db, NETWORK);
      expect(await dump()).toEqual(whole);
    });
  });

  it('swaps accounts with facts that came meanwhile too, though none of their rows was wrong before', async () => {
    const running = await world.follow(database.indexer, { startBlock: 0, discovery: true });
    let right: Readonly<Record<string, readonly string[]>> = {};
    const report = await rebuild(database.db, NETWORK, {
      beforeSwap: async () => {
        world.spend(0x702n, 1n);
        await running.caughtUp();
        await running.stop();
        right = await dump();
        await database.tamper('update debits set moved_amount = 0');
      },
    });
    expect(report.again).toBe(1);
    expect(right).not.toEqual(whole);
    expect(await dump()).toEqual(right);
  });
});

/** The projections with something changed about how an account is folded. */
const withBlocks = (change: (fold: AccountProjection) => AccountProjection): Projection[] =>
  projections.map((projection) => ({
    ...projection,
    begin: (account) => {
      const fold = projection.begin(account);
      return change({
        block: (facts) => fold.block(facts),
        orphaned: (facts) => fold.orphaned?.(facts),
        take: (end) => fold.take(end),
        complaints: () => fold.complaints?.() ?? [],
      });
    },
  }));
