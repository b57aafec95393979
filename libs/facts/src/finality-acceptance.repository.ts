import { sql } from 'kysely';
import type { Db, Trx } from '#libs/database';

/** Whether somebody accepted that blocks which were final are replaced, and no roll-back has made use of it yet. */
export const acceptsReorgBelowFinality = async (db: Db | Trx, networkId: number): Promise<boolean> => {
  const row = await db
    .selectFrom('networks')
    .select('accepts_reorg_below_finality')
    .where('network_id', '=', networkId)
    .executeTakeFirst();
  return row?.accepts_reorg_below_finality === true;
};

/** Lets the follower roll back below finality once. Written with the resolution of the incident. */
export const acceptReorgBelowFinality = (trx: Trx, networkId: number): Promise<void> =>
  setAcceptance(trx, networkId, true);

export const takeBackAcceptance = (trx: Trx, networkId: number): Promise<void> =>
  setAcceptance(trx, networkId, false);

const setAcceptance = async (trx: Trx, networkId: number, accepted: boolean): Promise<void> => {
  await trx
    .updateTable('networks')
    .set({ accepts_reorg_below_finality: accepted })
    .where('network_id', '=', networkId)
    .execute();
};

/** In the transaction of the one roll-back: blocks that were left are final no longer, should they come back. */
export const endFinalityAbove = async (trx: Trx, networkId: number, ancestor: number): Promise<void> => {
  await trx
    .updateTable('blocks')
    .set({ finality: 'ACCEPTED_ON_L2' })
    .where('network_id', '=', networkId)
    .where('block_number', '>', ancestor)
    .where(sql<boolean>`not canonical`)
    .where('finality', '=', 'ACCEPTED_ON_L1')
    .execute();
  await takeBackAcceptance(trx, networkId);
};
