import { sql } from 'kysely';
import { type Db, inTransaction, type Trx } from '#libs/database';
import { countWrongMonths, sumMonthsAgain, type WrongMonths } from '#libs/spending';

/** Before the writer is asked to wait. What goes on being written is added to right sums and to wrong ones alike. */
export const findWrongMonths = (db: Db, networkId: number): Promise<readonly WrongMonths[]> =>
  inTransaction(db, async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    return await countWrongMonths(trx, networkId);
  });

/** Sums them again from ledgers that are right by now. @returns how many rows were wrong */
export const putMonthsRight = async (
  trx: Trx,
  networkId: number,
  wrong: readonly WrongMonths[],
): Promise<{ readonly removed: number; readonly added: number }> => {
  await sumMonthsAgain(
    trx,
    networkId,
    wrong.map(({ account }) => account),
  );
  return {
    removed: wrong.reduce((sum, { found }) => sum + found, 0),
    added: wrong.reduce((sum, { expected }) => sum + expected, 0),
  };
};
