import { availableParallelism, loadavg } from 'node:os';
import {
  createDatabase,
  createScopedDatabase,
  migrate,
  type ScopedStatement,
  startTemporaryPostgres,
} from '#libs/database';
import { NO_FILTER } from '../libs/spending/src/report/ledger-scope.ts';
import { monthPlanOf } from '../libs/spending/src/period/month-plan.ts';
import type { SpendingGroup } from '../libs/spending/src/report/group-keys.ts';
import { isKeptByMonth } from '../libs/spending/src/report/month-sums.ts';
import { spendingReportStatement } from '../libs/spending/src/report/spending-report.statement.ts';
import { topKeysStatement } from '../libs/spending/src/top-keys/top-keys.statement.ts';
import { toAddress } from '#libs/felt';
import { seedPortfolio } from './graphql/seed-portfolio.ts';

/** What finance asks of a whole portfolio, as the role that answers: a first look, not the measurement of record. */
const USES = Number(process.argv[2] ?? 200_000);
const RUNS = Number(process.argv[3] ?? 20);
const KEYS_OF_ACCOUNT = Number(process.argv[4] ?? 4);
const DAYS = Number(process.argv[5] ?? 90);
const PORTFOLIO = {
  accounts: 50_000,
  keysOfAccount: KEYS_OF_ACCOUNT,
  uses: USES,
  days: DAYS,
  teams: 40,
  tokens: 4,
};
const SCOPE = { organisationId: 1 };

/** November in Berlin, which has no change of the clocks. */
const STARTS = Date.UTC(2026, 9, 31, 23) / 1_000;
const month = { boundsSeconds: [STARTS, STARTS + 30 * 86_400] };
/** The clock stands where the chain does: `seedPortfolio`. */
const NOW = Date.UTC(2026, 10, 20, 23) / 1_000;
const utcMonth = { boundsSeconds: [Date.UTC(2026, 10, 1) / 1_000, Date.UTC(2026, 11, 1) / 1_000] };
const days = { boundsSeconds: Array.from({ length: 31 }, (_, day) => STARTS + day * 86_400) };
const ask = { filter: NO_FILTER, pin: undefined, after: undefined, limit: 101, tokenLimit: 501 };

const server = await startTemporaryPostgres();
try {
  await migrate({ url: server.url });
  const owner = createDatabase({ url: server.url, statementTimeoutMs: 0 });
  const seeded = performance.now();
  await seedPortfolio(owner.db, PORTFOLIO);
  console.log(`${JSON.stringify(PORTFOLIO)} seeded in ${Math.round((performance.now() - seeded) / 1_000)} s`);
  const api = createScopedDatabase({ url: server.urls.api, statementTimeoutMs: 120_000 });
  const { build } = api.db;
  const report = (groups: readonly SpendingGroup[], { boundsSeconds }: typeof month, fromLedgers = false) => {
    const query = { ...ask, groups, boundsSeconds };
    const months = fromLedgers || !isKeptByMonth(query) ? undefined : monthPlanOf(boundsSeconds, NOW);
    return spendingReportStatement(build, 1, { ...query, months });
  };
  const top = { ...ask, boundsSeconds: month.boundsSeconds, filter: { ...NO_FILTER, token: toAddress(1n) } };
  const questions: Record<string, ScopedStatement<object>> = {
    'spend by team this month': report(['TEAM', 'TOKEN'], month),
    'spend by team this month, in UTC': report(['TEAM', 'TOKEN'], utcMonth),
    'spend by team this month, out of the ledgers alone': report(['TEAM', 'TOKEN'], month, true),
    'spend by day this month': report(['DAY', 'TOKEN'], days),
    'spend by account this month': report(['ACCOUNT', 'TOKEN'], month),
    'keys by burned calls': topKeysStatement(build, 1, { ...top, by: 'BURNED_CALLS', filter: NO_FILTER }),
    'keys by exposure': topKeysStatement(build, 1, { ...top, by: 'EXPOSURE' }),
  };
  for (const [name, statement] of Object.entries(questions)) {
    const took: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const started = performance.now();
      await api.db.read(SCOPE, statement, { plan: 'CUSTOM' });
      took.push(performance.now() - started);
    }
    took.sort((a, b) => a - b);
    const [median = 0, worst = 0] = [took[Math.floor(RUNS / 2)], took.at(-1)];
    console.log(`${name}: median ${Math.round(median)} ms, slowest of ${RUNS} ${Math.round(worst)} ms`);
  }
  await Promise.all([api.close(), owner.close()]);
} finally {
  await server.stop();
}
console.log(
  `${availableParallelism()} cores, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
