import type { GeneratedQueries } from '#libs/database';
import { toAddress, toFelt, toSessionKey } from '#libs/felt';
import { budgetsStatement } from '../budgets/budgets.statement.ts';
import { exportListStatement } from '../export/export-list.statement.ts';
import { exportRowsStatement } from '../export/export-rows.statement.ts';
import { monthPlanOf } from '../period/month-plan.ts';
import { topKeysStatement } from '../top-keys/top-keys.statement.ts';
import { NO_FILTER } from './ledger-scope.ts';
import { spendingReportStatement } from './spending-report.statement.ts';

const filter = {
  account: toAddress(1n),
  sessionKey: toSessionKey(1n),
  token: toAddress(1n),
  recipient: toFelt(1n),
  label: 'label',
  team: null,
  costCentre: 'centre',
  group: 'grp_1',
};
const bounds = { boundsSeconds: [0, 86_400], pin: undefined, after: undefined, limit: 26 };
const pin = { blockNumber: 1, blockHash: toFelt(1n) };
/** A month of Berlin: with an edge on either side. */
const BERLIN = [Date.UTC(2026, 9, 31, 23) / 1_000, Date.UTC(2026, 10, 30, 23) / 1_000];
const months = monthPlanOf(BERLIN, Date.UTC(2026, 11, 1) / 1_000);
const links = { order: 'CREATED_AT_DESC', limit: 26 } as const;
const token = { ...NO_FILTER, token: toAddress(1n) };

/** Each question is one statement, so that all of its answer is of one block. */
export const generatedQueries: GeneratedQueries = {
  repository: 'finance',
  methods: {
    'spending by team': {
      run: (db) =>
        spendingReportStatement(db, 1, {
          ...bounds,
          groups: ['TEAM', 'TOKEN'],
          months: undefined,
          filter: NO_FILTER,
          tokenLimit: 501,
        }).execute(db),
    },
    'spending by team, out of the sums of a month': {
      run: (db) =>
        spendingReportStatement(db, 1, {
          ...bounds,
          groups: ['TEAM', 'TOKEN'],
          months,
          filter: NO_FILTER,
          tokenLimit: 501,
        }).execute(db),
    },
    'spending by group, out of the sums of a month': {
      run: (db) =>
        spendingReportStatement(db, 1, {
          ...bounds,
          groups: ['GROUP', 'TOKEN'],
          months,
          filter: NO_FILTER,
          tokenLimit: 501,
        }).execute(db),
    },
    'spending by month and account with filters, out of the sums of months, the next page': {
      run: (db) =>
        spendingReportStatement(db, 1, {
          ...bounds,
          groups: ['MONTH', 'ACCOUNT', 'TOKEN'],
          months,
          filter: { ...filter, sessionKey: undefined, recipient: undefined },
          pin,
          after: ['1', '0x1', '0x1'],
          tokenLimit: 501,
        }).execute(db),
    },
    'spending by day and key with every filter, the next page': {
      run: (db) =>
        spendingReportStatement(db, 1, {
          ...bounds,
          groups: ['DAY', 'SESSION', 'TOKEN'],
          months: undefined,
          filter,
          pin,
          after: ['1', '0x1', '0x1'],
          tokenLimit: 501,
        }).execute(db),
    },
    'budgets of every key': {
      run: (db) =>
        budgetsStatement(db, 1, {
          ...{ filter: NO_FILTER, limit: 20_001, membershipLimit: undefined },
        }).execute(db),
    },
    'budgets of every key, by group': {
      run: (db) =>
        budgetsStatement(db, 1, {
          ...{ filter: NO_FILTER, limit: 20_001, membershipLimit: 100_001 },
        }).execute(db),
    },
    'keys that spent most': {
      run: (db) => topKeysStatement(db, 1, { ...bounds, by: 'SPEND', filter: token }).execute(db),
    },
    'keys with the largest exposure, the next page': {
      run: (db) =>
        topKeysStatement(db, 1, {
          ...bounds,
          by: 'EXPOSURE',
          filter: token,
          after: ['1', '0x1', '0x1'],
        }).execute(db),
    },
    'keys that burned most calls': {
      run: (db) => topKeysStatement(db, 1, { ...bounds, by: 'BURNED_CALLS', filter: NO_FILTER }).execute(db),
    },
    'links to exports, the newest first': {
      run: (db) => exportListStatement({ ...links, createdBy: undefined, after: undefined }).execute(db),
    },
    'links to exports of one maker, the next page': {
      run: (db) =>
        exportListStatement({
          ...links,
          ...{ createdBy: 'key', after: { micros: '1', exportId: 'exp_1' } },
        }).execute(db),
    },
    'export of both ledgers': {
      run: (db) =>
        exportRowsStatement(db, 1, {
          ...{ contents: ['LEDGERS'], filter: NO_FILTER, boundsSeconds: [0, 86_400] },
        }).execute(db),
    },
    'export of both ledgers and uses': {
      run: (db) =>
        exportRowsStatement(db, 1, {
          ...{ contents: ['LEDGERS', 'USES'], filter: NO_FILTER, boundsSeconds: [0, 86_400] },
        }).execute(db),
    },
  },
};
