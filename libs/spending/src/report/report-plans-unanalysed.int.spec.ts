import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { headerOf, type PlanNode, planOf, touched, withDatabase } from '#libs/testing';
import {
  ACCOUNT_OF_ROW,
  ACCOUNTS,
  BLOCKS,
  ROWS,
  writeUnanalysedLedgers,
} from '../../spec/unanalysed-ledgers.ts';
import { toAddress } from '#libs/felt';
import { periodOf } from '../period/period.ts';
import type { SpendingGroup } from './group-keys.ts';
import { type FinanceFilter, NO_FILTER } from './ledger-scope.ts';
import { spendingReportStatement } from './spending-report.statement.ts';

jest.setTimeout(120_000);

const GROUPS = 20;
/** Each account is in two groups, but those of which one would be the group before the first. */
const MEMBERSHIPS = 2 * ACCOUNTS - ACCOUNTS / GROUPS;
const ALL = { from: '2026-10-01', to: '2026-11-15', timeZone: 'UTC' };
const DAYS = { from: '2026-10-05', to: '2026-10-09', timeZone: 'UTC' };
/** Four days of 24 blocks. */
const ROWS_OF_DAYS = (4 * 24 * ROWS) / BLOCKS;
const BY_DAY: readonly (readonly SpendingGroup[])[] = [
  ['DAY', 'TOKEN'],
  ['DAY', 'TEAM', 'TOKEN'],
  ['DAY', 'ACCOUNT', 'TOKEN'],
  ['DAY', 'SESSION', 'TOKEN'],
  ['RECIPIENT', 'TOKEN'],
];

describe('a report by day of tables that were never analysed', () => {
  const database = withDatabase();
  let networkId = 0;

  beforeAll(async () => {
    networkId = await writeUnanalysedLedgers(database);
    await database.sql.unsafe(`
      insert into groups (organisation_id, group_id, name) select 1, 'grp_' || n, 'group ' || n from generate_series(1, ${GROUPS}) n;
      insert into group_members (organisation_id, group_id, network_id, account)
        select 1, 'grp_' || g, ${networkId}, ${ACCOUNT_OF_ROW} from generate_series(0, ${ACCOUNTS - 1}) n, generate_series(1, ${GROUPS}) g
        where n % ${GROUPS} in (g, g - 1)`);
  });

  const planOfReport = (
    groups: readonly SpendingGroup[],
    period: typeof ALL,
    filter: FinanceFilter = NO_FILTER,
    isPinned = false,
  ): Promise<PlanNode> => {
    const { boundsSeconds } = periodOf(period, 'DAY');
    const query = spendingReportStatement(database.api.build, networkId, {
      ...{ groups, boundsSeconds, filter, after: undefined, limit: 101, tokenLimit: 501, months: undefined },
      pin: isPinned ? headerOf(BLOCKS + 1, 0n) : undefined,
    }).compile(database.api.build);
    return planOf(database.api, database.everything, query, { plan: 'PORTFOLIO' });
  };

  const expectOnce = (plan: PlanNode, rows: number): void => {
    for (const ledger of ['debits', 'movements']) expect(touched(plan, ledger)).toBeLessThanOrEqual(rows);
    // For the sums of each ledger, for what is known of the accounts, and for the policy of what is joined by group.
    expect(touched(plan, 'follows')).toBeLessThanOrEqual(4 * ACCOUNTS);
    expect(touched(plan, 'accounts')).toBeLessThanOrEqual(ACCOUNTS);
    // Where each day begins.
    expect(touched(plan, 'blocks')).toBeLessThanOrEqual(100);
  };

  it.each(BY_DAY.map((groups) => [groups]))(
    'reads each row of the ledgers at most once, and what is followed too: %j',
    async (groups) => {
      for (const period of [ALL, DAYS]) {
        expectOnce(await planOfReport(groups, period), ROWS);
        expectOnce(await planOfReport(groups, period, NO_FILTER, true), ROWS);
      }
    },
  );

  it('reads each membership once for the sums by group', async () => {
    const plan = await planOfReport(['DAY', 'GROUP', 'TOKEN'], ALL);
    expectOnce(plan, ROWS);
    expect(touched(plan, 'group_members')).toBeLessThanOrEqual(MEMBERSHIPS);
  });

  it('reads the rows of one account, where one is named, and of a group none twice', async () => {
    const ofOne = { ...NO_FILTER, account: toAddress(1_001n) };
    expectOnce(await planOfReport(['DAY', 'TOKEN'], ALL, ofOne), ROWS / ACCOUNTS);
    const ofGroup = await planOfReport(['DAY', 'TOKEN'], ALL, { ...NO_FILTER, group: 'grp_1' });
    for (const ledger of ['debits', 'movements']) expect(touched(ofGroup, ledger)).toBeLessThanOrEqual(ROWS);
    // A look-up for each row at most.
    expect(touched(ofGroup, 'group_members')).toBeLessThanOrEqual(3 * ROWS);
  });

  it('reads nothing but the rows of its days once they are', async () => {
    await database.tamper('analyze');
    for (const groups of BY_DAY) expectOnce(await planOfReport(groups, DAYS), ROWS_OF_DAYS);
  });
});
