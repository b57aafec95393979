import type { Db } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { sql } from 'kysely';
import { heldAt, pointOf } from './point.statement.ts';
import { LOOKUP_COLUMNS } from './session-lookup.statement.ts';
import { backfillOf, coveredFrom, hasSessionKeys, isReadable, policiesOf } from './statement-parts.ts';

/** A session key of an account. */
export interface SessionName {
  readonly account: Address;
  readonly sessionKey: SessionKey;
}

const namesAsked = (names: readonly SessionName[]) => sql<{
  asked_account: string;
  asked_key: string;
  asked_place: number;
}>`(
    select * from unnest(${names.map(({ account }) => feltToHex(account))}::text[],
      ${names.map(({ sessionKey }) => feltToHex(sessionKey))}::text[])
      with ordinality as asked (asked_account, asked_key, asked_place)
  )`;

/** What the index has on several keys at the newest block: a row for each, with its place among them, from 1. `accounts` is its gate. */
export const sessionLookupsStatement = (db: Db, networkId: number, names: readonly SessionName[]) =>
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
    .leftJoin('session_versions as sv', (join) =>
      join
        .onRef('sv.network_id', '=', 'a.network_id')
        .onRef('sv.account', '=', 'a.address')
        .onRef('sv.session_key', '=', 'asked.asked_key')
        .on((on) => on.and([heldAt('sv', undefined), isReadable(networkId, 'sv', undefined)])),
    )
    .selectAll('point')
    .select('asked.asked_place')
    .select([
      ...LOOKUP_COLUMNS,
      coveredFrom('STATE', networkId, 'a.address', undefined).as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address', undefined).as('events_from'),
      backfillOf(networkId, 'a.address').as('backfill'),
      policiesOf(networkId, 'sv.account', 'sv.session_key', heldAt('pv', undefined)).as('policies'),
      hasSessionKeys(networkId, 'a.address', undefined).as('has_sessions'),
    ]);
