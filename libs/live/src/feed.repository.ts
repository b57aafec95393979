import { askIndex } from '#libs/api';
import { NO_ORGANISATION, type RequestScope, type ScopedDb } from '#libs/database';
import type { ProfileOf } from './changes-of-row.ts';
import { blockStatement, cursorStatement, type FeedLimits, feedStatement } from './feed.statement.ts';
import type { Position } from './position.ts';
import { type Head, type Step, stepOf } from './step.ts';

/** What one reading looks at: enough to catch up quickly, little enough to be held in memory for each organisation. */
const LIMITS: FeedLimits = { blocks: 500, rows: 200 };

export class FeedRepository {
  readonly #db: ScopedDb;
  readonly #profileOf: ProfileOf;
  readonly #limits: FeedLimits;

  constructor(db: ScopedDb, profileOf: ProfileOf, limits: FeedLimits = LIMITS) {
    this.#db = db;
    this.#profileOf = profileOf;
    this.#limits = limits;
  }

  /** The newest committed block, and the newest that is final; nothing before the first. @throws PurserError INDEX_UNAVAILABLE */
  async head(networkId: number): Promise<Head | undefined> {
    const [row] = await askIndex(() => this.#db.read(NO_ORGANISATION, cursorStatement(networkId)));
    return (
      row && {
        ...{ blockNumber: row.block_number, blockHash: row.block_hash },
        finalNumber: row.final_number ?? undefined,
      }
    );
  }

  /** Whether the block of a position was ever seen. @throws PurserError INDEX_UNAVAILABLE */
  async isKnown(networkId: number, position: Position): Promise<boolean> {
    const rows = await askIndex(() => this.#db.read(NO_ORGANISATION, blockStatement(networkId, position)));
    return rows.length > 0;
  }

  /** What comes next behind a position, of what the scope lets through. @throws PurserError INDEX_UNAVAILABLE */
  async step(scope: RequestScope, networkId: number, from: Position): Promise<Step> {
    const statement = feedStatement(networkId, from, this.#limits);
    const [row] = await askIndex(() => this.#db.read(scope, statement));
    if (row === undefined) throw new Error('the statement gives a row');
    return stepOf(row, from, this.#limits.rows, this.#profileOf);
  }
}
