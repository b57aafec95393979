import { sql } from 'kysely';
import type { BlockHeader } from '#libs/chain';
import type { Trx } from '#libs/database';
import { finalizeBlocksUpTo, finalizedBlockNumber, insertBlocks } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { chainMoved } from './account-history.ts';

/**
 * Adds the blocks of an account's history, below the cursor. Blocks that were folded are linked up to the cursor, so
 * the history is of another branch where it contradicts one. A block that stands alone came with the history of another
 * account, when the chain may have been another: it makes room. @throws AdoptionError ADOPTION_CHAIN_MOVED
 */
export const admitBlocks = async (
  trx: Trx,
  networkId: number,
  headers: readonly BlockHeader[],
): Promise<void> => {
  const contradicted = await listContradicted(trx, networkId, headers);
  for (const row of contradicted) {
    // From the top down, so that of two that go the upper one no longer holds the lower.
    if (row.finality === 'ACCEPTED_ON_L1' || (await isLinked(trx, networkId, row)))
      throw chainMoved(row.block_number);
    await orphan(trx, networkId, row);
  }
  await insertBlocks(trx, networkId, headers);
  // They were read a while ago: what lies below a final block has become final since.
  const finalized = await finalizedBlockNumber(trx, networkId);
  if (finalized !== undefined) await finalizeBlocksUpTo(trx, networkId, finalized);
};

interface ContradictedRow {
  readonly block_number: number;
  readonly block_hash: string;
  readonly finality: string;
}

const listContradicted = async (
  trx: Trx,
  networkId: number,
  headers: readonly BlockHeader[],
): Promise<ContradictedRow[]> => {
  const json = JSON.stringify(
    headers.map(({ blockNumber, blockHash }) => ({
      block_number: blockNumber,
      block_hash: feltToHex(blockHash),
    })),
  );
  const { rows } = await sql<ContradictedRow>`
    select b.block_number, b.block_hash, b.finality
    from blocks b
    join jsonb_to_recordset(${json}::text::jsonb) as r(block_number bigint, block_hash text)
      on r.block_number = b.block_number and r.block_hash <> b.block_hash
    where b.network_id = ${networkId}::integer and b.canonical
    order by b.block_number desc`.execute(trx);
  return rows;
};

const isLinked = async (trx: Trx, networkId: number, row: ContradictedRow): Promise<boolean> => {
  const child = await trx
    .selectFrom('blocks')
    .select('block_hash')
    .where('network_id', '=', networkId)
    .where('block_number', '=', row.block_number + 1)
    .where('parent_hash', '=', row.block_hash)
    .where(sql<boolean>`canonical`)
    .executeTakeFirst();
  return child !== undefined;
};

const orphan = async (trx: Trx, networkId: number, { block_hash }: ContradictedRow): Promise<void> => {
  await trx
    .updateTable('blocks')
    .set({ canonical: false })
    .where('network_id', '=', networkId)
    .where('block_hash', '=', block_hash)
    .execute();
};
