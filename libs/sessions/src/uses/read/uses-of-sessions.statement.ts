import type { Db } from '#libs/database';
import { sql } from 'kysely';
import { headOf } from '../../read/index-store/point.statement.ts';
import { coveredFrom } from '../../read/index-store/statement-parts.ts';
import { isBefore, type UseListQuery, usesWithBlock } from './uses.statement.ts';

/** A session key as printed. */
export interface SessionOfPage {
  readonly account: string;
  readonly sessionKey: string;
}

const sessionsAsked = (sessions: readonly SessionOfPage[]) => {
  const [accounts, keys] = [
    sessions.map(({ account }) => account),
    sessions.map(({ sessionKey }) => sessionKey),
  ];
  return sql<{ asked_account: string; asked_key: string; asked_place: number }>`(
    select * from unnest(${accounts}::text[], ${keys}::text[])
      with ordinality as asked (asked_account, asked_key, asked_place)
  )`;
};

const pageOfSession = (db: Db, networkId: number, { after, limit }: Pick<UseListQuery, 'after' | 'limit'>) =>
  usesWithBlock(db, networkId)
    .where(sql<boolean>`u.account = acc.address and u.session_key = asked.asked_key`)
    .$if(after !== undefined, (qb) => qb.where(isBefore(after)))
    .orderBy('u.block_number', 'desc')
    .orderBy('u.transaction_index', 'desc')
    .orderBy('u.event_index', 'desc')
    .limit(limit);

/**
 * The head, and for each of some session keys the same page of its uses, the newest first, in one statement. One row at
 * least for each key, by `asked_place`, from 1. `accounts` is its gate.
 */
export const usesOfSessionsStatement = (
  db: Db,
  networkId: number,
  sessions: readonly SessionOfPage[],
  query: Pick<UseListQuery, 'after' | 'limit'>,
) =>
  db
    .with('head', () => headOf(db, networkId))
    .selectFrom('head')
    .innerJoin(sessionsAsked(sessions).as('asked'), (join) => join.onTrue())
    .leftJoin('accounts as acc', (join) =>
      join.onRef('acc.network_id', '=', 'head.network_id').onRef('acc.address', '=', 'asked.asked_account'),
    )
    .leftJoinLateral(pageOfSession(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['head', 'page'])
    .select(['asked.asked_place', 'acc.status as account_status'])
    .select([
      coveredFrom('STATE', networkId, 'acc.address', undefined).as('state_from'),
      coveredFrom('EVENTS', networkId, 'acc.address', undefined).as('events_from'),
    ])
    .orderBy('asked.asked_place')
    .orderBy('page.use_block_number', 'desc')
    .orderBy('page.transaction_index', 'desc')
    .orderBy('page.event_index', 'desc');
