import type { AccountStatus, Db } from '#libs/database';
import { sql } from 'kysely';
import { coveredFrom, headOf, sessionKeyCount } from './statement-parts.ts';

export interface AccountListQuery {
  readonly statuses: readonly AccountStatus[] | undefined;
  /** The address of the last row of the page before, as printed. */
  readonly after: string | undefined;
  readonly limit: number;
}

const pageOfAccounts = (db: Db, networkId: number, query: AccountListQuery) =>
  db
    .selectFrom('accounts as a')
    .leftJoin('account_versions as av', (join) =>
      join
        .onRef('av.network_id', '=', 'a.network_id')
        .onRef('av.account', '=', 'a.address')
        .on('av.valid_to_block', 'is', null),
    )
    .where('a.network_id', '=', networkId)
    .$if(query.statuses !== undefined, (qb) => qb.where('a.status', 'in', [...(query.statuses ?? [])]))
    .$if(query.after !== undefined, (qb) => qb.where(sql<boolean>`a.address > ${query.after ?? ''}::text`))
    .select(['a.address', 'a.label', 'a.source', 'a.status', 'a.reason_code', 'av.class_hash'])
    .select([
      sessionKeyCount(networkId, 'a.address').as('session_key_count'),
      coveredFrom('STATE', networkId, 'a.address').as('state_from'),
      coveredFrom('EVENTS', networkId, 'a.address').as('events_from'),
    ])
    .orderBy('a.address')
    .limit(query.limit);

/** The head and one page of accounts, in one statement. */
export const accountListStatement = (db: Db, networkId: number, query: AccountListQuery) =>
  db
    .with('head', () => headOf(db, networkId))
    .selectFrom('head')
    .leftJoinLateral(pageOfAccounts(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['head', 'page'])
    .orderBy('page.address');
