import { sql } from 'kysely';
import { type Db, inTransaction, type Trx } from '#libs/database';

/** The moment that a repeatable transaction sees, for others to see too while it lasts. */
export const exportSnapshot = async (trx: Trx): Promise<string> => {
  const { rows } = await sql<{ id: string }>`select pg_export_snapshot() as id`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error('the server names no snapshot');
  return row.id;
};

/**
 * Runs the work in a transaction on another connection of the pool, which sees what the one of the snapshot sees: so that
 * two statements about the same moment run at once. Nothing is written in it.
 */
export const inSnapshot = <T>(db: Db, snapshot: string, work: (trx: Trx) => Promise<T>): Promise<T> =>
  inTransaction(
    db,
    async (trx) => {
      await sql`set transaction snapshot ${sql.lit(snapshot)}`.execute(trx);
      await sql`set transaction read only`.execute(trx);
      await sql`set local statement_timeout = 0`.execute(trx);
      return await work(trx);
    },
    { isolationLevel: 'repeatable read' },
  );
