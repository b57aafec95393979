import type { RequestScope, ScopedDb } from '#libs/database';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord, PolicyRecord, SessionRecord } from '../records.ts';
import { historyIncompleteAt, requireBlock } from '../moment.ts';
import { placeFromRow, coverageFromRow, policyFromJson, sessionFromRow } from './rows.ts';
import { sessionListOf, type SessionListQuery } from './session-list.statement.ts';

export interface ListedSession {
  readonly session: SessionRecord;
  readonly policies: readonly PolicyRecord[];
  readonly keyset: readonly [sort: string, account: string, sessionKey: string];
}

export interface SessionListing {
  readonly block: AnswerBlock;
  /** Of the account that was asked for; undefined where it is not in the index, or none was asked for. */
  readonly accountStatus: 'PENDING' | 'FOLLOWED' | 'REJECTED' | undefined;
  readonly accountCoverage: CoverageRecord;
  readonly rows: readonly ListedSession[];
}

export class SessionListRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE, BLOCK_NOT_INDEXED, HISTORY_INCOMPLETE, BAD_CURSOR */
  async list(
    scope: RequestScope,
    networkId: number,
    query: SessionListQuery,
  ): Promise<SessionListing | undefined> {
    const statement = sessionListOf(this.#db.build, networkId, query);
    // Of all accounts: one plan cannot suit an organisation that follows three and one that follows all.
    const options = query.account === undefined ? ({ plan: 'CUSTOM' } as const) : {};
    const rows = await askIndex(() => this.#db.read(scope, statement, options));
    const [first] = rows;
    if (first === undefined) return undefined;
    const block = requireBlock(placeFromRow(first), query.at);
    if (first.uncovered.length > 0) throw historyIncompleteAt(first.uncovered, block);
    return {
      block,
      accountStatus: first.account_status ?? undefined,
      accountCoverage: coverageFromRow({
        state_from: first.account_state_from,
        events_from: first.account_events_from,
        backfill: first.account_backfill,
      }),
      rows: rows.flatMap((row) => {
        const session = sessionFromRow(row);
        if (session === undefined || row.account === null || row.session_key === null) return [];
        const policies = (row.policies ?? []).map((policy) => policyFromJson(policy, session));
        return [{ session, policies, keyset: [String(row.sort), row.account, row.session_key] as const }];
      }),
    };
  }
}
