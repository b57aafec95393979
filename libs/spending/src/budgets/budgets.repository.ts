import { PurserError } from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import { askIndex } from '#libs/sessions';
import { type FinanceStanding, financeStanding } from '../report/finance-answer.ts';
import type { FinanceFilter } from '../report/ledger-scope.ts';
import { type BudgetJson, budgetsStatement } from './budgets.statement.ts';

const MOST_POLICIES = 20_000;

export class BudgetsRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** One statement. @throws PurserError TOO_MANY_ROWS, INDEX_UNAVAILABLE, ACCOUNT_NOT_FOLLOWED */
  async list(
    scope: RequestScope,
    networkId: number,
    filter: FinanceFilter,
  ): Promise<FinanceStanding & { readonly policies: readonly BudgetJson[] }> {
    const statement = budgetsStatement(this.#db.build, networkId, filter, MOST_POLICIES + 1);
    const [row] = await askIndex(() => this.#db.read(scope, statement, { plan: 'CUSTOM' }));
    const standing = financeStanding(row, undefined, filter.account);
    const policies = row?.policies ?? [];
    if (policies.length > MOST_POLICIES)
      throw new PurserError(
        'TOO_MANY_ROWS',
        `There are more than ${MOST_POLICIES} budgets: name a label, a team or a token.`,
      );
    return { ...standing, policies };
  }
}
