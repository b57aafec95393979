import type { Db } from '#libs/database';
import { sql } from 'kysely';
import { headWithAccount, ledgerConditions, type LedgerFilter } from './statement-parts.ts';

/** Which sum a row is: what was counted, what left, what stayed in the account, what came in beside it. */
export type SummedLedger = 'DEBIT' | 'OUT' | 'SELF' | 'IN';

const sums = (db: Db, networkId: number, filter: LedgerFilter, limit: number) =>
  db
    .selectFrom('debits as l')
    .where(ledgerConditions(networkId, filter))
    .groupBy(['l.token', 'l.cause'])
    .select(sql<SummedLedger>`'DEBIT'`.as('ledger'))
    .select(['l.token', 'l.cause'])
    .select([sql<number>`count(*)`.as('entries'), sql<bigint>`sum(l.amount)`.as('total')])
    .unionAll((eb) =>
      eb
        .selectFrom('movements as l')
        .where(ledgerConditions(networkId, filter))
        .groupBy(['l.token', 'l.cause', 'l.direction'])
        .select(sql<SummedLedger>`l.direction`.as('ledger'))
        .select(['l.token', 'l.cause'])
        .select([sql<number>`count(*)`.as('entries'), sql<bigint>`sum(l.amount)`.as('total')]),
    )
    .orderBy('token')
    .orderBy('ledger')
    .orderBy('cause')
    .limit(limit);

/** The head and the sums of both ledgers by token and cause, in one statement. */
export const summaryStatement = (db: Db, networkId: number, filter: LedgerFilter, limit: number) =>
  db
    .with('head', () => headWithAccount(db, networkId, filter.account))
    .selectFrom('head')
    .leftJoinLateral(sums(db, networkId, filter, limit).as('sums'), (join) => join.onTrue())
    .selectAll(['head', 'sums'])
    .orderBy('sums.token')
    .orderBy('sums.ledger')
    .orderBy('sums.cause');
