import type { RequestScope, ScopedDb } from '#libs/database';
import { askIndex } from '#libs/sessions';
import { type FinanceStanding, financeStanding } from '../report/finance-answer.ts';
import { type TopKeyJson, type TopKeysQuery, topKeysStatement } from './top-keys.statement.ts';

export class TopKeysRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** One statement. @throws PurserError BAD_CURSOR, INDEX_UNAVAILABLE, ACCOUNT_NOT_FOLLOWED */
  async list(
    scope: RequestScope,
    networkId: number,
    query: TopKeysQuery,
  ): Promise<FinanceStanding & { readonly keys: readonly TopKeyJson[] }> {
    const statement = topKeysStatement(this.#db.build, networkId, query);
    const [row] = await askIndex(() => this.#db.read(scope, statement, { plan: 'CUSTOM' }));
    return { ...financeStanding(row, query.pin, query.filter.account), keys: row?.keys ?? [] };
  }
}
