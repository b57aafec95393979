import type { Db } from '#libs/database';
import { sql } from 'kysely';

export interface AccountCounts {
  readonly waiting: number;
  readonly followed: number;
}

/** How many accounts of who asks wait to be read, of how many: row-level security cuts `accounts` to those. */
export const accountCountsStatement = (db: Db, networkId: number) =>
  db
    .selectFrom('accounts')
    .where('network_id', '=', networkId)
    .select([
      sql<number>`count(*) filter (where status = 'PENDING')`.as('waiting'),
      sql<number>`count(*)`.as('followed'),
    ]);
