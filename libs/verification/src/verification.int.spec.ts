import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import { createSessionWorld, type SessionWorld, sessionKeyOf, withDatabase } from '#libs/testing';
import { projections } from './projections.ts';
import { rebuild } from './rebuild.ts';
import { verifyStore } from './verify/verify-store.ts';

const NETWORK = 1;
const TABLES = [...projections.flatMap(({ tables }) => tables.map(({ name }) => name)), 'account_months'];

/** An index with everything in it: found from genesis, adopted later, reorganised, revoked, run low. */
const buildWorld = async (world: SessionWorld, db: Parameters<SessionWorld['follow']>[0]): Promise<void> => {
  const late = world.chain.deployAccount('session_account_setting', 0x99n);
  world.grant(0x601n, 3n, late);
  const running = await world.follow(db, { startBlock: 'latest', discovery: false, watch: [late.address] });
  await running.stop();
  world.grant(0x602n, 9n, late);
  const all = await world.follow(db, { startBlock: 'latest', discovery: true });
  world.grant(0x701n, 4n);
  await all.caughtUp();
  await delay(1_500);
  for (const amount of [10n, 60n, 20n]) world.spend(0x701n, amount);
  world.grant(0x702n);
  world.account.change({ kind: 'RevokeSessionKey', sessionKey: sessionKeyOf(0x701n) });
  await all.caughtUp();
  world.reorg(2);
  world.grant(0x703n, 5n);
  world.spend(0x703n, 5n);
  world.account.change({ kind: 'RevokeSessionKey', sessionKey: sessionKeyOf(0x701n) });
  await all.caughtUp();
  await all.stop();
};

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the store against itself', () => {
  const database = withDatabase();
  const world = createSessionWorld();

  beforeAll(() => buildWorld(world, database.db), 60_000);
  afterAll(() => world.close());

  const verify = async (account?: string) =>
    (await verifyStore(database.db, NETWORK, account === undefined ? {} : { account })).findings;
  const dump = async () =>
    Object.fromEntries(
      await Promise.all(
        TABLES.map(async (table) => {
          const rows = await database.sql.unsafe(`select t::text as row from ${table} t order by 1`);
          return [table, rows.map(({ row }) => row as string)] as const;
        }),
      ),
    );

  it('has rows in every table, an adopted account and an orphaned key', async () => {
    const empty = Object.entries(await dump()).flatMap(([table, rows]) => (rows.length > 0 ? [] : [table]));
    expect(empty).toEqual(['approvals']);
    const [facts] = await database.sql`select count(*)::int as n from facts where kind = 'AccountStateRead'`;
    expect(facts).toEqual({ n: expect.any(Number) });
  });

  it('finds nothing in an index that nobody touched', async () => {
    expect(await verify()).toEqual([]);
    expect(await verify(feltToHex(world.account.address))).toEqual([]);
  });

  const INJECTED: readonly (readonly [what: string, statement: string, code: string])[] = [
    [
      'a counter',
      'update session_versions set calls_used = calls_used + 1 where valid_to_block is null',
      'READ_MODEL_DIFFERS',
    ],
    [
      'an end of a version',
      'update session_versions set valid_to_block = valid_to_block + 1 where valid_to_block is not null',
      'READ_MODEL_DIFFERS',
    ],
    [
      'a list of entry points',
      "update session_versions set allowed_entrypoints = '{0x1}'",
      'READ_MODEL_DIFFERS',
    ],
    [
      'a lifecycle',
      "update session_versions set lifecycle = 'REGISTERED' where lifecycle = 'REVOKED'",
      'READ_MODEL_DIFFERS',
    ],
    [
      'a version that is gone',
      'delete from session_versions where valid_to_block is null',
      'READ_MODEL_DIFFERS',
    ],
    [
      'a spent amount',
      'update policy_versions set spent_in_window = spent_in_window + 1',
      'READ_MODEL_DIFFERS',
    ],
    [
      'a cap',
      'update policy_versions set max_per_window = 0 where valid_to_block is null',
      'READ_MODEL_DIFFERS',
    ],
    ['a class', "update account_versions set class_hash = '0x1'", 'READ_MODEL_DIFFERS'],
    [
      'an account version that nobody wrote',
      'update account_versions set valid_from_block = valid_from_block + 1 where valid_to_block is null',
      'READ_MODEL_DIFFERS',
    ],
    ['a slot of a key', "update session_keys set slot_base = '0x1'", 'READ_MODEL_DIFFERS'],
    ['a slot of a policy', "update policy_keys set slot_base = '0x1'", 'READ_MODEL_DIFFERS'],
    [
      'a use',
      "update uses set calls_used_after = calls_used_after + 1 where outcome = 'SUCCEEDED'",
      'READ_MODEL_DIFFERS',
    ],
    ['a use that is gone', 'delete from uses', 'READ_MODEL_DIFFERS'],
    ['a debit', 'update debits set amount = amount + 1', 'READ_MODEL_DIFFERS'],
    ['a movement', "update movements set cause = 'OWNER'", 'READ_MODEL_DIFFERS'],
    ['a movement that is gone', 'delete from movements', 'READ_MODEL_DIFFERS'],
    [
      'an approval that nobody gave',
      "insert into approvals values (1, '0x1', 1, 0, 0, 0, '0x2', '0x3', '0x4')",
      'READ_MODEL_DIFFERS',
    ],
    ['a sum of a month', 'update account_months set debited = debited + 1', 'READ_MODEL_DIFFERS'],
    ['a count of a month', 'update account_months set movements = movements + 1', 'READ_MODEL_DIFFERS'],
    ['a month that is gone', 'delete from account_months', 'READ_MODEL_DIFFERS'],
    [
      'a month that nobody spent in',
      "insert into account_months (network_id, month, account, token) values (1, '2020-01-01', '0x1', '0x2')",
      'READ_MODEL_DIFFERS',
    ],
    [
      'a sum that is less than what a rebuild takes off it, with its ledger',
      'update account_months set debited = 0, debits = 0, moved = 0, movements = 0; update debits set amount = amount + 1; update movements set amount = amount + 1',
      'READ_MODEL_DIFFERS',
    ],
    [
      'a key that nobody saw',
      "insert into session_keys values (1, '0x1', '0x2', '0x3', '0x4')",
      'READ_MODEL_DIFFERS',
    ],
  ];

  it.each(INJECTED)('finds %s, and a rebuild puts it right', async (_what, statement, code) => {
    const before = await dump();
    await database.tamper(statement);
    expect(await dump()).not.toEqual(before);
    expect((await verify()).map((finding) => finding.code)).toContain(code);
    await rebuild(database.db, NETWORK);
    expect(await dump()).toEqual(before);
    expect(await verify()).toEqual([]);
  });

  it('says which month of which account is wrong, and what it should be', async () => {
    const [row] = await database.sql<{ account: string; token: string; month: string; debited: bigint }[]>`
      select account, token, month::text, debited from account_months where debits > 0 limit 1`;
    const { account = '', token = '', month = '', debited = 0n } = row ?? {};
    const change = (by: string) =>
      database.tamper(
        `update account_months set debited = debited ${by} where account = '${account}' and token = '${token}' and month = '${month}'`,
      );
    await change('+ 7');
    const findings = [await verify(), await verify(account), await verify('0x1')];
    await change('- 7');
    const finding = {
      code: 'READ_MODEL_DIFFERS',
      subject: 'account_months',
      account,
      details: {
        key: { account, month, token },
        expected: { debited: `${debited}` },
        found: { debited: `${debited + 7n}` },
      },
    };
    expect(findings).toEqual([[finding], [finding], []]);
  });

  const UNDONE: readonly (readonly [what: string, statement: string, undo: string, code: string])[] = [
    [
      'coverage that is claimed',
      'update coverage set from_block = from_block + 1',
      'update coverage set from_block = from_block - 1',
      'COVERAGE_WRONG',
    ],
    [
      'an account followed from elsewhere',
      'update accounts set followed_from_block = followed_from_block + 1 where followed_from_block is not null',
      'update accounts set followed_from_block = followed_from_block - 1 where followed_from_block is not null',
      'READ_MODEL_DIFFERS',
    ],
    [
      'an account followed from nowhere',
      "update accounts set status = 'REJECTED' where status = 'FOLLOWED'",
      "update accounts set status = 'FOLLOWED' where followed_from_block is not null",
      'ACCOUNT_INVALID',
    ],
    [
      'a cursor elsewhere',
      'update cursors set block_number = block_number - 1',
      'update cursors set block_number = block_number + 1',
      'CURSOR_NOT_CANONICAL',
    ],
    [
      'a parent that is another',
      "update blocks set parent_hash = parent_hash || '0' where canonical and block_number = (select block_number from cursors)",
      'update blocks set parent_hash = left(parent_hash, -1) where canonical and block_number = (select block_number from cursors)',
      'BLOCKS_BROKEN',
    ],
    [
      'an alert of no block',
      "update alerts set block_hash = block_hash || '0'",
      'update alerts set block_hash = left(block_hash, -1)',
      'ALERT_WITHOUT_BLOCK',
    ],
    [
      'an alert of what never was',
      'update alerts set payload = payload || \'{"callsUsed": "77"}\'',
      "update alerts set payload = jsonb_set(payload, '{callsUsed}', (select payload->'after'->2 from facts where facts.block_hash = alerts.block_hash and facts.session_key = alerts.session_key and facts.kind = 'SessionStateChanged'))",
      'ALERT_WITHOUT_CAUSE',
    ],
    [
      'an altered fact',
      "update facts set payload = payload || '{\"planted\": true}' where kind = 'SessionKeyAdded'",
      "update facts set payload = payload - 'planted'",
      'FACTS_ALTERED',
    ],
    [
      'a tally that is gone',
      'create table kept_tallies as select * from fact_tallies; delete from fact_tallies',
      'insert into fact_tallies select * from kept_tallies; drop table kept_tallies',
      'FACTS_ALTERED',
    ],
  ];

  it.each(UNDONE)('finds %s', async (_what, statement, undo, code) => {
    await database.tamper(statement);
    const found = (await verify()).map((finding) => finding.code);
    await database.tamper(undo);
    expect(found).toContain(code);
    expect(await verify()).toEqual([]);
  });

  it('finds each fact that is deleted, whichever it is, and refuses to rebuild from the rest', async () => {
    const places =
      await database.sql`select ctid::text as ctid, block_number::int as block_number, kind from facts`;
    const kinds = new Map(places.map((row) => [row['kind'] as string, row]));
    for (const { block_number, kind, ctid } of kinds.values() as Iterable<Record<string, unknown>>) {
      await database.tamper(
        `create table kept_fact as select * from facts where ctid = '${String(ctid)}'; delete from facts where ctid = '${String(ctid)}'`,
      );
      const found = await verify();
      const refused = rebuild(database.db, NETWORK).catch((error: unknown) => error);
      expect(await refused).toMatchObject({ code: 'FACTS_DAMAGED' });
      await database.tamper('insert into facts select * from kept_fact; drop table kept_fact');
      expect([kind, found]).toEqual([
        kind,
        expect.arrayContaining([
          expect.objectContaining({ code: 'FACTS_ALTERED', blockNumber: block_number }),
        ]),
      ]);
      const [moved] = await database.sql`select count(*)::int as n from facts`;
      expect(moved).toEqual({ n: places.length });
    }
    expect(await verify()).toEqual([]);
  }, 60_000);

  it('rebuilds what facts committed meanwhile say too, and lets the writer go on from what was put right', async () => {
    const running = await world.follow(database.indexer, { startBlock: 'latest' });
    await database.tamper(
      'update session_versions set calls_used = calls_used + 1 where valid_to_block is null',
    );
    const report = await rebuild(database.db, NETWORK, {
      beforeSwap: async () => {
        world.spend(0x703n, 1n);
        world.grant(0x704n);
        await running.caughtUp();
      },
    });
    expect(report.again).toBeGreaterThan(0);
    // What was folded over the planted counter is in the facts for good, and is told; the read models are right.
    const told = new Set((await verify()).map(({ code }) => code));
    expect([...told]).toEqual(['FACTS_DISCONTINUOUS']);
    world.spend(0x703n, 2n);
    world.spend(0x704n, 2n);
    await running.caughtUp();
    expect((await verify()).map(({ code }) => code)).toEqual(['FACTS_DISCONTINUOUS']);
    for (const secret of [0x703n, 0x704n]) {
      const key = sessionKeyOf(secret);
      const rows = await database.sql`
        select calls_used from session_versions where session_key = ${feltToHex(key)} and valid_to_block is null`;
      expect(rows.map((row) => BigInt(row['calls_used'] as number))).toEqual([
        world.chain.view(world.account.address, 'get_session_data', key)[2],
      ]);
    }
    await running.stop();
  });
});
