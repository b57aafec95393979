import type { Db } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';
import { askIndex } from '../failures.ts';
import type { AnswerBlock, CoverageRecord, PolicyRecord, SessionRecord } from '../records.ts';
import type { SessionStatus } from '../session-status.ts';
import { blockFromRow, coverageFromRow, policyFromJson, sessionFromRow } from './rows.ts';
import { accountStatusOf, coveredFrom, headOf, policiesOf, SESSION_COLUMNS } from './session-statements.ts';

export type SessionOrder = 'ACCOUNT_ASC' | 'VALID_UNTIL_ASC' | 'VALID_UNTIL_DESC' | 'REMAINING_CALLS_ASC';

export interface SessionListQuery {
  readonly account: Address | undefined;
  readonly statuses: readonly SessionStatus[] | undefined;
  readonly expiresBeforeSeconds: bigint | undefined;
  readonly order: SessionOrder;
  /** The keyset of the last row of the page before: sort value, account, session key. */
  readonly after: readonly [sort: string, account: string, sessionKey: string] | undefined;
  readonly limit: number;
}

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

/** What rows are ordered by before account and key. Always ascending, so that one comparison gives the next page. */
const SORT_VALUES: Record<SessionOrder, RawBuilder<bigint>> = {
  ACCOUNT_ASC: sql<bigint>`0::numeric`,
  VALID_UNTIL_ASC: sql<bigint>`sv.valid_until_seconds::numeric`,
  VALID_UNTIL_DESC: sql<bigint>`-sv.valid_until_seconds::numeric`,
  REMAINING_CALLS_ASC: sql<bigint>`greatest(sv.max_calls - sv.calls_used, 0)::numeric`,
};

/** `sessionStanding` in SQL; a spec holds the two against each other. */
const STATUS_AT_HEAD = sql<SessionStatus>`case
  when sv.valid_until_seconds = 0 and sv.lifecycle = 'REVOKED' then 'REVOKED'
  when sv.valid_until_seconds < head.timestamp_seconds then 'EXPIRED'
  when sv.calls_used >= sv.max_calls then 'EXHAUSTED'
  else 'ACTIVE'
end`;

const currentSessions = (db: Db, networkId: number, query: SessionListQuery) => {
  const sort = SORT_VALUES[query.order];
  return db
    .selectFrom('session_versions as sv')
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'sv.network_id')
        .onRef('av.account', '=', 'sv.account')
        .on('av.valid_to_block', 'is', null),
    )
    .where('sv.network_id', '=', networkId)
    .where('sv.valid_to_block', 'is', null)
    .where((eb) => eb.and(conditionsOf(query, sort)))
    .select([...SESSION_COLUMNS, 'av.class_hash'])
    .select([
      sort.as('sort'),
      coveredFrom('STATE', networkId, 'sv.account').as('state_from'),
      coveredFrom('EVENTS', networkId, 'sv.account').as('events_from'),
      policiesOf(networkId, 'sv.account', 'sv.session_key').as('policies'),
    ])
    .orderBy(sort)
    .orderBy('sv.account')
    .orderBy('sv.session_key')
    .limit(query.limit);
};

const conditionsOf = (query: SessionListQuery, sort: RawBuilder<bigint>): RawBuilder<boolean>[] => {
  const { account, statuses, expiresBeforeSeconds, after } = query;
  const conditions: RawBuilder<boolean>[] = [];
  if (account !== undefined) conditions.push(sql`sv.account = ${feltToHex(account)}`);
  if (statuses !== undefined) conditions.push(sql`${STATUS_AT_HEAD} = any(${[...statuses]}::text[])`);
  if (expiresBeforeSeconds !== undefined) {
    conditions.push(
      sql`sv.valid_until_seconds <> 0 and sv.valid_until_seconds < ${expiresBeforeSeconds}::numeric`,
    );
  }
  if (after !== undefined) {
    const [value, lastAccount, lastKey] = after;
    const row = sql`(${sort}, sv.account::text, sv.session_key::text)`;
    conditions.push(sql`${row} > (${value}::numeric, ${lastAccount}::text, ${lastKey}::text)`);
  }
  return conditions;
};

/** The head and one page of sessions at it, in one statement. With no session the head stands alone. */
export const sessionListStatement = (db: Db, networkId: number, query: SessionListQuery) =>
  db
    .with('head', () => headOf(db, networkId))
    .selectFrom('head')
    .leftJoinLateral(currentSessions(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['head', 'page'])
    .select([
      accountStatusOf(networkId, query.account).as('account_status'),
      coveredFrom('STATE', networkId, query.account).as('account_state_from'),
      coveredFrom('EVENTS', networkId, query.account).as('account_events_from'),
    ])
    .orderBy('page.sort')
    .orderBy('page.account')
    .orderBy('page.session_key');

export class SessionListRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Nothing while no block of the network is indexed. @throws PurserError INDEX_UNAVAILABLE */
  async list(networkId: number, query: SessionListQuery): Promise<SessionListing | undefined> {
    const rows = await askIndex(() => sessionListStatement(this.#db, networkId, query).execute());
    const [first] = rows;
    if (first === undefined) return undefined;
    return {
      block: blockFromRow(first),
      accountStatus: first.account_status ?? undefined,
      accountCoverage: coverageFromRow({
        state_from: first.account_state_from,
        events_from: first.account_events_from,
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
