import { askIndex } from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import { tokenDecimalsStatement } from './token-decimals.statement.ts';

export class TokenDecimalsRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /**
   * In the order of the tokens, each as printed; null where a token does not say, or was not asked yet.
   * @throws PurserError INDEX_UNAVAILABLE
   */
  async find(scope: RequestScope, networkId: number, tokens: readonly string[]): Promise<(number | null)[]> {
    const statement = tokenDecimalsStatement(networkId, tokens);
    const rows = await askIndex(() => this.#db.read(scope, statement));
    const known = new Map(rows.map(({ address, decimals }) => [address, decimals]));
    return tokens.map((token) => known.get(token) ?? null);
  }
}
