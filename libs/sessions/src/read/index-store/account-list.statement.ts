import type { AccountStatus, Db } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { sql } from 'kysely';
import type { Moment } from '../moment.ts';
import { heldAt, pointOf } from './point.statement.ts';
import { backfillOf, coveredFrom, sessionKeyCount } from './statement-parts.ts';

export interface AccountListQuery {
  readonly at: Moment;
  readonly statuses: readonly AccountStatus[] | undefined;
  /** Only this one. */
  readonly address?: Address;
  /** The address of the last row of the page before, as printed. */
  readonly after: string | undefined;
  readonly limit: number;
}

const pageOfAccounts = (db: Db, networkId: number, query: AccountListQuery) =>
  db
    .selectFrom('follows as fo')
    .innerJoin('accounts as a', (join) =>
      join.onRef('a.network_id', '=', 'fo.network_id').onRef('a.address', '=', 'fo.account'),
    )
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'a.network_id')
        .onRef('av.account', '=', 'a.address')
        .on(heldAt('av', query.at)),
    )
    .where('fo.network_id', '=', networkId)
    .$if(query.address !== undefined, (qb) => qb.where('fo.account', '=', feltToHex(query.address ?? 0n)))
    .$if(query.statuses !== undefined, (qb) => qb.where('a.status', 'in', [...(query.statuses ?? [])]))
    .$if(query.after !== undefined, (qb) => qb.where(sql<boolean>`fo.account > ${query.after ?? ''}::text`))
    .select([
      'a.address',
      'fo.label',
      'a.source',
      'a.status',
      'a.reason_code',
      'a.attribution',
      'av.class_hash',
    ])
    .select([
      sessionKeyCount(networkId, 'a.address', query.at).as('session_key_count'),
      coveredFrom('STATE', networkId, 'a.address', query.at).as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address', query.at).as('events_from'),
      backfillOf(networkId, 'a.address').as('backfill'),
    ])
    .orderBy('fo.account')
    .limit(query.limit);

/** The point and one page of accounts at it, in one statement. */
export const accountListStatement = (db: Db, networkId: number, query: AccountListQuery) =>
  db
    .with('point', () => pointOf(db, networkId, query.at))
    .selectFrom('point')
    .leftJoinLateral(pageOfAccounts(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['point', 'page'])
    .orderBy('page.address');
