import { type Db, isFollowed, NUMBER_SLOT, templateOf } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';
import type { SessionStatus } from '../session-status.ts';
import type { Moment } from '../moment.ts';
import { heldAt, pointOf } from './point.statement.ts';
import { ADDRESS_SLOT } from './slots.ts';
import {
  accountStatusOf,
  backfillOf,
  coveredFrom,
  isReadable,
  policiesOf,
  SESSION_COLUMNS,
  someUncovered,
} from './statement-parts.ts';

export type SessionOrder = 'ACCOUNT_ASC' | 'VALID_UNTIL_ASC' | 'VALID_UNTIL_DESC' | 'REMAINING_CALLS_ASC';

export interface SessionListQuery {
  readonly at: Moment;
  readonly account: Address | undefined;
  readonly statuses: readonly SessionStatus[] | undefined;
  readonly expiresBeforeSeconds: bigint | undefined;
  readonly order: SessionOrder;
  /** The keyset of the last row of the page before: sort value, account, session key. */
  readonly after: readonly [sort: string, account: string, sessionKey: string] | undefined;
  readonly limit: number;
}

interface Ordering {
  /** What rows are ordered by before account and key; nothing where those are all. */
  readonly sort: RawBuilder<bigint> | undefined;
  /** The value of a cursor in the type of the column: another type would keep the index from being used. */
  readonly cursor?: (value: string) => RawBuilder<unknown>;
  /** Of all columns alike, so that one comparison of rows, and one index read either way, gives the next page. */
  readonly direction: 'asc' | 'desc';
}

const ORDERINGS: Record<SessionOrder, Ordering> = {
  ACCOUNT_ASC: { sort: undefined, direction: 'asc' },
  VALID_UNTIL_ASC: { sort: sql`sv.valid_until_seconds`, direction: 'asc' },
  VALID_UNTIL_DESC: { sort: sql`sv.valid_until_seconds`, direction: 'desc' },
  REMAINING_CALLS_ASC: {
    sort: sql`greatest(sv.max_calls - sv.calls_used, 0)`,
    cursor: (value) => sql`least(${value}::numeric, 4294967296)::bigint`,
    direction: 'asc',
  },
};

/** `sessionStanding` in SQL; a spec holds the two against each other. */
const STATUS_AT_POINT = sql<SessionStatus>`case
  when sv.valid_until_seconds = 0 and sv.lifecycle = 'REVOKED' then 'REVOKED'
  when sv.valid_until_seconds < point.timestamp_seconds then 'EXPIRED'
  when sv.calls_used >= sv.max_calls then 'EXHAUSTED'
  else 'ACTIVE'
end`;

const sessionsInForce = (db: Db, networkId: number, query: SessionListQuery) => {
  const { sort, direction } = ORDERINGS[query.order];
  return db
    .selectFrom('session_versions as sv')
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'sv.network_id')
        .onRef('av.account', '=', 'sv.account')
        .on(heldAt('av', query.at)),
    )
    .where('sv.network_id', '=', networkId)
    .where(gateOf(networkId, query))
    .where(heldAt('sv', query.at))
    .where(isReadable(networkId, 'sv', query.at))
    .where((eb) => eb.and(conditionsOf(query)))
    .select([...SESSION_COLUMNS, 'av.class_hash'])
    .select([
      (sort ?? sql<bigint>`0`).as('sort'),
      coveredFrom('STATE', networkId, 'sv.account', query.at).as('state_from'),
      coveredFrom('EVENTS', networkId, 'sv.account', query.at).as('events_from'),
      backfillOf(networkId, 'sv.account').as('backfill'),
      policiesOf(networkId, 'sv.account', 'sv.session_key', heldAt('pv', query.at)).as('policies'),
    ])
    .$if(sort !== undefined, (qb) => qb.orderBy(sort ?? sql`0`, direction))
    .orderBy('sv.account', direction)
    .orderBy('sv.session_key', direction)
    .limit(query.limit);
};

const gateOf = (networkId: number, { account }: SessionListQuery): RawBuilder<boolean> =>
  isFollowed(networkId, account === undefined ? sql.ref('sv.account') : sql`${feltToHex(account)}`);

const conditionsOf = (query: SessionListQuery): RawBuilder<boolean>[] => {
  const { account, statuses, expiresBeforeSeconds, after } = query;
  const conditions: RawBuilder<boolean>[] = [];
  if (account !== undefined) conditions.push(sql`sv.account = ${feltToHex(account)}`);
  if (statuses !== undefined) conditions.push(sql`${STATUS_AT_POINT} = any(${[...statuses]}::text[])`);
  if (expiresBeforeSeconds !== undefined) {
    conditions.push(
      sql`sv.valid_until_seconds <> 0 and sv.valid_until_seconds < ${expiresBeforeSeconds}::numeric`,
    );
  }
  if (after !== undefined) conditions.push(isBehind(ORDERINGS[query.order], after));
  return conditions;
};

const isBehind = (
  { sort, direction, cursor = (text) => sql`${text}::numeric` }: Ordering,
  [value, account, sessionKey]: NonNullable<SessionListQuery['after']>,
): RawBuilder<boolean> => {
  const comparison = direction === 'asc' ? sql`>` : sql`<`;
  return sort === undefined
    ? sql`(sv.account, sv.session_key) ${comparison} (${account}::text, ${sessionKey}::text)`
    : sql`(${sort}, sv.account, sv.session_key) ${comparison} (${cursor(value)}, ${account}::text, ${sessionKey}::text)`;
};

/** The point and one page of sessions at it, in one statement. With no session the point stands alone. */
export const sessionListStatement = (db: Db, networkId: number, query: SessionListQuery) => {
  const { direction } = ORDERINGS[query.order];
  return db
    .with('point', () => pointOf(db, networkId, query.at))
    .selectFrom('point')
    .leftJoinLateral(sessionsInForce(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['point', 'page'])
    .select([
      accountStatusOf(networkId, query.account).as('account_status'),
      coveredFrom('STATE', networkId, query.account, query.at).as('account_state_from'),
      coveredFrom('EVENTS', networkId, query.account, query.at).as('account_events_from'),
      backfillOf(networkId, query.account).as('account_backfill'),
      someUncovered(networkId, query.account, query.at).as('uncovered'),
    ])
    .orderBy('page.sort', direction)
    .orderBy('page.account', direction)
    .orderBy('page.session_key', direction);
};

interface OfAccount {
  readonly networkId: number;
  readonly account: Address;
  readonly limit: number;
}

const FIRST_PAGE = {
  at: undefined,
  statuses: undefined,
  expiresBeforeSeconds: undefined,
  order: 'ACCOUNT_ASC',
  after: undefined,
} as const;

/** The first page of the keys of one account at the newest block: compiled once. */
const firstSessionsOfAccount = templateOf(
  { networkId: NUMBER_SLOT, account: ADDRESS_SLOT, limit: NUMBER_SLOT },
  (db, { networkId, account, limit }: OfAccount) =>
    sessionListStatement(db, networkId, { ...FIRST_PAGE, account, limit }),
);

/** The compiled one where it is what is asked. */
export const sessionListOf = (db: Db, networkId: number, query: SessionListQuery) => {
  const { account, limit } = query;
  const isFirst = Object.entries(FIRST_PAGE).every(
    ([name, value]) => query[name as keyof SessionListQuery] === value,
  );
  return isFirst && account !== undefined
    ? firstSessionsOfAccount({ networkId, account, limit })
    : sessionListStatement(db, networkId, query);
};
