import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  headerOf,
  indexRowsOf,
  type PlanNode,
  planOf as explained,
  touched,
  withDatabase,
} from '#libs/testing';
import { monthPlanOf } from '../period/month-plan.ts';
import { periodOf } from '../period/period.ts';
import type { SpendingGroup } from './group-keys.ts';
import { NO_FILTER } from './ledger-scope.ts';
import { spendingReportStatement } from './spending-report.statement.ts';

jest.setTimeout(120_000);

const ACCOUNTS = 500;
const ROWS = 20_000;
const HOURS = 24 * 61;
/** A block an hour, from the first of October. */
const STARTS = Date.UTC(2026, 9, 1) / 1_000;

describe('what a report reads', () => {
  const database = withDatabase();
  let networkId = 0;

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('plans');
    const account = `'0x' || to_hex(1000 + n % ${ACCOUNTS})`;
    const block = `1 + n * ${HOURS}::bigint / ${ROWS}`;
    const hash = (of: string) => `'0xb' || to_hex(${of})`;
    await database.sql.unsafe(`
      insert into blocks select ${networkId}, ${hash('n')}, n, ${hash('n - 1')}, ${STARTS} + (n - 1) * 3600, 'ACCEPTED_ON_L1', true
        from generate_series(1, ${HOURS}) n;
      insert into accounts (network_id, address, source, status, followed_from_block)
        select ${networkId}, ${account}, 'WATCH', 'FOLLOWED', 1 from generate_series(0, ${ACCOUNTS - 1}) n;
      insert into debits select ${networkId}, ${account}, ${block}, n, 0, 0, ${hash(block)}, '0x1', '0x5', '0x70', '0x1', '0x2', n, 0, n, 0,
        false, 'MATCHED', n from generate_series(0, ${ROWS - 1}) n;
      insert into movements select ${networkId}, ${account}, ${block}, n, 0, ${hash(block)}, '0x1', '0x70', 'OUT', '0x2', n, null, 'OWNER',
        null, null, null from generate_series(0, ${ROWS - 1}) n`);
    await rows.head(networkId, headerOf(HOURS + 1, BigInt(STARTS + HOURS * 3_600)));
    await database.tamper('analyze');
  });

  const planOf = async (
    zone: string,
    groups: readonly SpendingGroup[],
    isPinned = false,
  ): Promise<PlanNode> => {
    const { boundsSeconds } = periodOf({ from: '2026-11-01', to: '2026-12-01', timeZone: zone });
    const query = spendingReportStatement(database.api.build, networkId, {
      ...{ groups, boundsSeconds, filter: NO_FILTER, after: undefined, limit: 101, tokenLimit: 501 },
      months: monthPlanOf(boundsSeconds, STARTS + HOURS * 3_600),
      pin: isPinned ? headerOf(HOURS + 1, 0n) : undefined,
    }).compile(database.api.build);
    return await explained(database.api, database.everything, query, { plan: 'PORTFOLIO' });
  };

  /** Those of this month. Of so few rows those of the other one may be looked at too. */
  const expectMonths = (plan: PlanNode): void => {
    expect(touched(plan, 'account_months')).toBeGreaterThanOrEqual(ACCOUNTS);
    expect(touched(plan, 'account_months')).toBeLessThanOrEqual(2 * ACCOUNTS);
  };

  it.each([[['TEAM', 'TOKEN']], [['ACCOUNT', 'TOKEN']]] as const)(
    'is a row for each account and nothing of the ledgers, where months are those of UTC: %j',
    async (groups) => {
      const plan = await planOf('UTC', groups);
      expectMonths(plan);
      expect(touched(plan, 'debits')).toBeUndefined();
      expect(touched(plan, 'movements')).toBeUndefined();
    },
  );

  it('is what is followed once for the sums and once for what is known of it, with no look-up for each account', async () => {
    const plan = await planOf('UTC', ['TEAM', 'TOKEN']);
    expect(touched(plan, 'follows')).toBe(2 * ACCOUNTS);
    expect(touched(plan, 'accounts')).toBe(ACCOUNTS);
  });

  it('is the rows of the edges beside it, elsewhere', async () => {
    const plan = await planOf('Asia/Tokyo', ['TEAM', 'TOKEN']);
    expectMonths(plan);
    // Nine hours on either side.
    const most = (ROWS / HOURS) * 18 + 50;
    for (const ledger of ['debits', 'movements']) {
      expect(touched(plan, ledger)).toBeGreaterThan(most / 2);
      expect(touched(plan, ledger)).toBeLessThan(most);
    }
  });

  it('is no more for a page behind the first, while little came since', async () => {
    const plan = await planOf('UTC', ['TEAM', 'TOKEN'], true);
    expectMonths(plan);
    expect(touched(plan, 'debits')).toBeLessThan(50);
    expect(touched(plan, 'movements')).toBeLessThan(50);
  });
});
