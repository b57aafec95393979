import { PurserError } from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import { askIndex } from '#libs/sessions';
import { type FinanceStanding, financeStanding } from '../report/finance-answer.ts';
import type { FinanceFilter } from '../report/ledger-scope.ts';
import { budgetsStatement } from './budgets.statement.ts';
import type { ReadBudgets } from './sum-budgets.ts';

const MOST_POLICIES = 20_000;
/** An account may be in hundreds of groups. */
const MOST_MEMBERSHIPS = 100_000;

export interface AskedBudgets {
  readonly filter: FinanceFilter;
  /** Whether to tell which groups the accounts are in. */
  readonly byGroup: boolean;
}

export class BudgetsRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** One statement. @throws PurserError TOO_MANY_ROWS, INDEX_UNAVAILABLE, ACCOUNT_NOT_FOLLOWED */
  async list(
    scope: RequestScope,
    networkId: number,
    { filter, byGroup }: AskedBudgets,
  ): Promise<FinanceStanding & ReadBudgets> {
    const statement = budgetsStatement(this.#db.build, networkId, {
      filter,
      limit: MOST_POLICIES + 1,
      membershipLimit: byGroup ? MOST_MEMBERSHIPS + 1 : undefined,
    });
    const [row] = await askIndex(() => this.#db.read(scope, statement, { plan: 'CUSTOM' }));
    const standing = financeStanding(row, undefined, filter.account);
    const { policies = [], memberships } = row ?? {};
    if (policies.length > MOST_POLICIES)
      throw new PurserError(
        'TOO_MANY_ROWS',
        `There are more than ${MOST_POLICIES} budgets: name a label, a team or a token.`,
      );
    if ((memberships ?? []).length > MOST_MEMBERSHIPS)
      throw new PurserError(
        'TOO_MANY_ROWS',
        `The accounts are in more than ${MOST_MEMBERSHIPS} groups together: name a label, a team or a group.`,
      );
    return { ...standing, policies, memberships: memberships ?? undefined };
  }
}
