import { PurserError } from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import { askIndex } from '#libs/sessions';
import { monthPlanOf } from '../period/month-plan.ts';
import { type FinanceStanding, financeStanding } from './finance-answer.ts';
import { isKeptByMonth } from './month-sums.ts';
import {
  type GroupJson,
  type SpendingReportQuery,
  spendingReportStatement,
  type SpentJson,
} from './spending-report.statement.ts';

export interface SpendingReportAnswer extends FinanceStanding {
  readonly rows: readonly GroupJson[];
  readonly totals: readonly SpentJson[];
  /** Undefined where nothing is told by group. */
  readonly inSeveralGroups: number | undefined;
}

/** What is asked, and when: the time decides how the sums are put together, never what they are. */
export interface AskedReport extends Omit<SpendingReportQuery, 'tokenLimit' | 'months'> {
  readonly nowSeconds: number;
}

/** Far more tokens than anybody uses: whoever emits transfers in the name of an account can make any number. */
const MOST_TOKENS = 500;

export class SpendingReportRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** One statement. @throws PurserError BAD_CURSOR, INDEX_UNAVAILABLE, ACCOUNT_NOT_FOLLOWED, TOO_MANY_ROWS */
  async read(
    scope: RequestScope,
    networkId: number,
    { nowSeconds, ...query }: AskedReport,
  ): Promise<SpendingReportAnswer> {
    const statement = spendingReportStatement(this.#db.build, networkId, {
      ...query,
      months: isKeptByMonth(query) ? monthPlanOf(query.boundsSeconds, nowSeconds) : undefined,
      tokenLimit: MOST_TOKENS + 1,
    });
    const [row] = await askIndex(() => this.#db.readShared(scope, statement, { plan: 'PORTFOLIO' }));
    const standing = financeStanding(row, query.pin, query.filter.account);
    const { rows = [], totals = [], in_several_groups: inSeveral } = row ?? {};
    if (totals.length > MOST_TOKENS)
      throw new PurserError('TOO_MANY_ROWS', `More than ${MOST_TOKENS} tokens were moved: name one.`);
    return { ...standing, rows, totals, inSeveralGroups: inSeveral ?? undefined };
  }
}
