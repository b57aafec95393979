import type { Db } from '#libs/database';
import { isUnread } from '#libs/facts';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { sql } from 'kysely';
import type { Moment } from '../moment.ts';
import { heldAt, pointOf } from './point.statement.ts';
import {
  ABILITIES,
  accountStatusOf,
  backfillOf,
  coveredFrom,
  isReadable,
  isUnreadKey,
  policyInForce,
  throughGate,
} from './statement-parts.ts';

export interface PolicyListQuery {
  readonly at: Moment;
  readonly account: Address;
  readonly sessionKey: SessionKey | undefined;
  readonly token: Address | undefined;
  /** The keyset of the last row of the page before. */
  readonly after: readonly [sessionKey: string, token: string] | undefined;
  readonly limit: number;
}

const POLICY_COLUMNS = [
  'pv.account',
  'pv.session_key',
  'pv.token',
  'pv.max_per_call',
  'pv.max_per_window',
  'pv.window_seconds',
  'pv.spent_in_window',
  'pv.window_start_seconds',
] as const;

const policiesInForce = (db: Db, networkId: number, query: PolicyListQuery) => {
  const [afterKey, afterToken] = query.after ?? ['', ''];
  return db
    .selectFrom('policy_versions as pv')
    .where('pv.network_id', '=', networkId)
    .where('pv.account', '=', feltToHex(query.account))
    .where(throughGate(networkId, query.account))
    .where(heldAt('pv', query.at))
    .where(isReadable(networkId, 'pv', query.at))
    .where(policyInForce('pv'))
    .$if(query.sessionKey !== undefined, (qb) =>
      qb.where('pv.session_key', '=', feltToHex(query.sessionKey ?? 0n)),
    )
    .$if(query.token !== undefined, (qb) => qb.where('pv.token', '=', feltToHex(query.token ?? 0n)))
    .$if(query.after !== undefined, (qb) =>
      qb.where(sql<boolean>`(pv.session_key, pv.token) > (${afterKey}::text, ${afterToken}::text)`),
    )
    .select(POLICY_COLUMNS)
    .orderBy('pv.session_key')
    .orderBy('pv.token')
    .limit(query.limit);
};

/** The point and one page of policies in force at it, in one statement. */
export const policyListStatement = (db: Db, networkId: number, query: PolicyListQuery) =>
  db
    .with('point', () => pointOf(db, networkId, query.at))
    .selectFrom('point')
    .leftJoin('account_versions as av', (join) =>
      join
        .on('av.network_id', '=', networkId)
        .on('av.account', '=', feltToHex(query.account))
        .on(throughGate(networkId, query.account))
        .on(heldAt('av', query.at)),
    )
    .leftJoin('classes as cl', (join) =>
      join.on('cl.network_id', '=', networkId).onRef('cl.class_hash', '=', 'av.class_hash'),
    )
    .leftJoinLateral(policiesInForce(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['point', 'page'])
    .select(['av.class_hash', 'av.valid_from_block as class_from', ABILITIES])
    .select([
      accountStatusOf(networkId, query.account).as('account_status'),
      coveredFrom('STATE', networkId, query.account, query.at).as('state_from'),
      coveredFrom('EVENTS', networkId, query.account, query.at).as('events_from'),
      backfillOf(networkId, query.account).as('backfill'),
      isUnreadKey(networkId, query.account, query.sessionKey, query.at).as('is_unread'),
    ])
    .orderBy('page.session_key')
    .orderBy('page.token');

/** A policy of a session key. */
export interface PolicyName {
  readonly account: Address;
  readonly sessionKey: SessionKey;
  readonly token: Address;
}

const namesAsked = (names: readonly PolicyName[]) => sql<{
  asked_account: string;
  asked_key: string;
  asked_token: string;
  asked_place: number;
}>`(
    select * from unnest(${names.map(({ account }) => feltToHex(account))}::text[],
      ${names.map(({ sessionKey }) => feltToHex(sessionKey))}::text[], ${names.map(({ token }) => feltToHex(token))}::text[])
      with ordinality as asked (asked_account, asked_key, asked_token, asked_place)
  )`;

/** The same of policies by their names at the newest block: a row for each, with its place, from 1. `accounts` is its gate. */
export const policiesByNameStatement = (db: Db, networkId: number, names: readonly PolicyName[]) =>
  db
    .with('point', () => pointOf(db, networkId, undefined))
    .selectFrom('point')
    .innerJoin(namesAsked(names).as('asked'), (join) => join.onTrue())
    .leftJoin('accounts as a', (join) =>
      join.onRef('a.network_id', '=', 'point.network_id').onRef('a.address', '=', 'asked.asked_account'),
    )
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'a.network_id')
        .onRef('av.account', '=', 'a.address')
        .on(heldAt('av', undefined)),
    )
    .leftJoin('classes as cl', (join) =>
      join.onRef('cl.network_id', '=', 'point.network_id').onRef('cl.class_hash', '=', 'av.class_hash'),
    )
    .leftJoin('policy_versions as pv', (join) =>
      join
        .onRef('pv.network_id', '=', 'a.network_id')
        .onRef('pv.account', '=', 'a.address')
        .onRef('pv.session_key', '=', 'asked.asked_key')
        .onRef('pv.token', '=', 'asked.asked_token')
        .on((on) =>
          on.and([heldAt('pv', undefined), isReadable(networkId, 'pv', undefined), policyInForce('pv')]),
        ),
    )
    .selectAll('point')
    .select(POLICY_COLUMNS)
    .select(['av.class_hash', 'av.valid_from_block as class_from', ABILITIES])
    .select(['a.status as account_status', 'asked.asked_place'])
    .select([
      coveredFrom('STATE', networkId, 'a.address', undefined).as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address', undefined).as('events_from'),
      backfillOf(networkId, 'a.address').as('backfill'),
      isUnread(networkId, sql.ref('a.address'), sql.ref('asked.asked_key'), undefined).as('is_unread'),
    ]);
