import type { Db } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { sql } from 'kysely';
import type { Moment } from '../moment.ts';
import { heldAt, pointOf } from './point.statement.ts';
import {
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
    .select([
      'pv.account',
      'pv.session_key',
      'pv.token',
      'pv.max_per_call',
      'pv.max_per_window',
      'pv.window_seconds',
      'pv.spent_in_window',
      'pv.window_start_seconds',
    ])
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
    .select(['av.class_hash', 'av.valid_from_block as class_from', 'cl.capabilities'])
    .select([
      accountStatusOf(networkId, query.account).as('account_status'),
      coveredFrom('STATE', networkId, query.account, query.at).as('state_from'),
      coveredFrom('EVENTS', networkId, query.account, query.at).as('events_from'),
      backfillOf(networkId, query.account).as('backfill'),
      isUnreadKey(networkId, query.account, query.sessionKey, query.at).as('is_unread'),
    ])
    .orderBy('page.session_key')
    .orderBy('page.token');
