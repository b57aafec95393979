import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { feltToHex, toFelt, toSessionKey } from '#libs/felt';
import { headerOf, indexRowsOf, withDatabase } from '#libs/testing';
import { ACCOUNTS, BLOCKS, makeWorld, TOKENS, writeWorld } from '../../spec/finance-world.ts';
import { addDays, parseLocalDay, printLocalDay } from '../period/local-day.ts';
import { monthPlanOf } from '../period/month-plan.ts';
import { periodOf } from '../period/period.ts';
import type { SpendingGroup } from './group-keys.ts';
import { NO_FILTER } from './ledger-scope.ts';
import { isKeptByMonth } from './month-sums.ts';
import { type SpendingReportQuery, spendingReportStatement } from './spending-report.statement.ts';

jest.setTimeout(120_000);

const ZONES = Intl.supportedValuesOf('timeZone');
const LABELS = ['till', 'desk', null];
const SEEDS = [7, 21, 1_000];
const GROUPS: readonly SpendingGroup[] = ['ACCOUNT', 'LABEL', 'TEAM', 'COST_CENTRE', 'GROUP'];

/** Mostly not asked for. */
const seldom = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** The days around those in which the worlds spend, which begin in October and end in November. */
const asked = fc.record({
  seed: fc.nat(SEEDS.length - 1),
  zone: fc.constantFrom(...ZONES),
  from: fc.integer({ min: -20, max: 40 }).map((days) => addDays(parseLocalDay('2026-10-01'), days)),
  days: fc.integer({ min: 1, max: 90 }),
  clock: fc.integer({ min: 0, max: 120 }).map((days) => Date.UTC(2026, 9, 1) / 1_000 + days * 86_400),
  groups: fc.shuffledSubarray([...GROUPS]),
  byMonth: fc.boolean(),
  filter: fc.record({
    account: seldom(fc.constantFrom(...ACCOUNTS)),
    token: seldom(fc.constantFrom(...TOKENS)),
    label: seldom(fc.constantFrom(...LABELS)),
    team: seldom(fc.constantFrom('shop', null)),
  }),
  pin: fc.option(fc.integer({ min: 1, max: BLOCKS }), { nil: undefined }),
});

describe('spending out of the sums of months', () => {
  const database = withDatabase();
  const networks: number[] = [];

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    for (const [at, seed] of SEEDS.entries()) {
      const networkId = await rows.network(`world ${seed}`, BigInt(at + 1));
      networks.push(networkId);
      await writeWorld(database.db, rows, networkId, makeWorld(networkId, seed));
    }
    for (const [at, account] of ACCOUNTS.entries())
      await database.db
        .updateTable('follows')
        .set({ label: LABELS[at] ?? null, team: at < 2 ? 'shop' : null })
        .where('account', '=', feltToHex(account))
        .execute();
    const names = ['both', 'first'];
    await database.db
      .insertInto('groups')
      .values(names.map((name) => ({ organisation_id: 1, group_id: `grp_${name}`, name })))
      .execute();
    await database.db
      .insertInto('group_members')
      .values(
        networks.flatMap((network_id) =>
          [
            ['both', ACCOUNTS[0]!],
            ['both', ACCOUNTS[1]!],
            ['first', ACCOUNTS[0]!],
          ].map(([name, account]) => ({
            ...{ organisation_id: 1, group_id: `grp_${String(name)}`, network_id },
            account: feltToHex(account as bigint),
          })),
        ),
      )
      .execute();
    // What a roll-back, a correction and a rebuild do to rows that are summed already.
    await database.sql`delete from debits where transaction_index = 3`;
    await database.sql`update movements set amount = amount + 1, direction = 'IN' where transaction_index = 2`;
    await database.sql`update debits set token = ${feltToHex(TOKENS[0]!)} where amount = 0`;
  });

  const ask = async (networkId: number, query: SpendingReportQuery) => {
    const statement = spendingReportStatement(database.api.build, networkId, query);
    return await database.api.read(database.everything, statement, { plan: 'CUSTOM' });
  };

  it('is what the ledgers alone say: any zone, period, clock, groups, filters, and the block of a page', async () => {
    const counted = { planned: 0, rows: 0 };
    await fc.assert(
      fc.asyncProperty(asked, async ({ seed, zone, from, days, clock, groups, byMonth, filter, pin }) => {
        const all: SpendingGroup[] = [...(byMonth ? ['MONTH' as const] : []), ...groups, 'TOKEN'];
        const { boundsSeconds } = periodOf(
          { from: printLocalDay(from), to: printLocalDay(addDays(from, days)), timeZone: zone },
          byMonth ? 'MONTH' : undefined,
        );
        const months = monthPlanOf(boundsSeconds, clock);
        if (months === undefined) return;
        const query = {
          ...{ groups: all, boundsSeconds, after: undefined, limit: 1_000, tokenLimit: 10 },
          filter: { ...NO_FILTER, ...filter },
          pin: pin === undefined ? undefined : headerOf(pin, 0n),
        };
        expect(isKeptByMonth(query)).toBe(true);
        const networkId = networks[seed] ?? 0;
        const raw = await ask(networkId, { ...query, months: undefined });
        expect(await ask(networkId, { ...query, months })).toEqual(raw);
        counted.planned += 1;
        counted.rows += raw[0]?.rows.length ?? 0;
      }),
      { numRuns: 400 },
    );
    // Else it would have compared nothing with nothing.
    expect(counted.planned).toBeGreaterThan(100);
    expect(counted.rows).toBeGreaterThan(300);
  });

  it('goes on behind a row as the ledgers do', async () => {
    const { boundsSeconds } = periodOf(
      { from: '2026-10-01', to: '2026-12-01', timeZone: 'Asia/Kolkata' },
      'MONTH',
    );
    const query = {
      ...{
        groups: ['MONTH', 'ACCOUNT', 'TOKEN'] as const,
        boundsSeconds,
        filter: NO_FILTER,
        limit: 3,
        tokenLimit: 10,
      },
      pin: headerOf(BLOCKS - 5, 0n),
      after: ['1', feltToHex(ACCOUNTS[1]!), feltToHex(TOKENS[0]!)],
    };
    const months = monthPlanOf(boundsSeconds, Date.UTC(2026, 11, 5) / 1_000);
    const raw = await ask(networks[0] ?? 0, { ...query, months: undefined });
    expect(raw[0]?.rows).toHaveLength(3);
    expect(await ask(networks[0] ?? 0, { ...query, months })).toEqual(raw);
  });

  it.each([
    [['DAY', 'TOKEN'], {}],
    [['WEEK', 'TOKEN'], {}],
    [['SESSION', 'TOKEN'], {}],
    [['RECIPIENT', 'TOKEN'], {}],
    [['TOKEN'], { sessionKey: toSessionKey(1n) }],
    [['TOKEN'], { recipient: toFelt(1n) }],
  ] as const)('is not for %j of %j', (groups, filter) => {
    expect(isKeptByMonth({ groups, filter: { ...NO_FILTER, ...filter } })).toBe(false);
  });

  it('is what would be wrong, were a sum wrong', async () => {
    const { boundsSeconds } = periodOf({ from: '2026-11-01', to: '2026-12-01', timeZone: 'Europe/Berlin' });
    const months = monthPlanOf(boundsSeconds, Date.UTC(2026, 11, 5) / 1_000);
    const query = {
      ...{ groups: ['TOKEN'] as const, boundsSeconds, filter: NO_FILTER, limit: 10, tokenLimit: 10 },
      ...{ pin: undefined, after: undefined },
    };
    const networkId = networks[0] ?? 0;
    const raw = await ask(networkId, { ...query, months: undefined });
    await sql`update account_months set debited = debited + 1 where network_id = ${networkId}::integer`.execute(
      database.db,
    );
    expect(await ask(networkId, { ...query, months })).not.toEqual(raw);
  });
});
