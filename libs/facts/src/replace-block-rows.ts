import { sql } from 'kysely';
import type { Trx } from '#libs/database';
import type { FactBlock, ProjectedTable, Projection } from './projection.ts';

/**
 * Writes what projections make of one block of an account in place of the rows of that block. Only for projections
 * whose blocks need nothing of the blocks before them.
 */
export const replaceBlockRows = async (
  trx: Trx,
  networkId: number,
  projections: readonly Projection[],
  account: string,
  block: FactBlock,
): Promise<void> => {
  for (const projection of projections) {
    const fold = projection.begin({ address: account, followedFromBlock: undefined });
    fold.block(block);
    const rows = fold.take(true);
    for (const { name } of projection.tables.toReversed()) {
      await sql`
        delete from ${sql.table(name)} where network_id = ${networkId}::integer and account = ${account}
          and block_number = ${block.blockNumber}::bigint`.execute(trx);
    }
    for (const table of projection.tables) await insertRows(trx, networkId, table, rows[table.name] ?? []);
  }
};

const insertRows = async (
  trx: Trx,
  networkId: number,
  { name, key, columns }: ProjectedTable,
  rows: readonly object[],
): Promise<void> => {
  if (rows.length === 0) return;
  const names = sql.join([...key, ...columns].map((column) => sql.ref(column)));
  await sql`
    insert into ${sql.table(name)} (network_id, ${names})
    select ${networkId}::integer, ${names}
    from jsonb_populate_recordset(null::${sql.table(name)}, ${JSON.stringify(rows)}::text::jsonb)`.execute(
    trx,
  );
};
