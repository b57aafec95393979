import { sql } from 'kysely';
import type { Trx } from '#libs/database';
import { type NetworkScope } from './scope.ts';
import type { Finding } from './finding.ts';

/** The blocks that were read one by one are one chain, and the cursor is its newest block. */
export const checkBlocks = async (trx: Trx, { networkId, limit }: NetworkScope): Promise<Finding[]> => {
  const { rows: cursors } = await sql<CursorRow>`
    select c.block_number, c.block_hash, b.block_number as stored_number, b.canonical, n.first_block,
      (select max(block_number) from blocks top where top.network_id = n.network_id and top.canonical) as top
    from networks n
    left join cursors c on c.network_id = n.network_id
    left join blocks b on b.network_id = c.network_id and b.block_hash = c.block_hash
    where n.network_id = ${networkId}::integer`.execute(trx);
  const [cursor] = cursors;
  if (cursor === undefined || cursor.block_number === null) {
    return [{ code: 'CURSOR_MISSING', subject: 'cursors', details: {} }];
  }
  return [
    ...cursorFinding(cursor, cursor.block_number),
    ...(await brokenLinks(trx, networkId, cursor.first_block ?? 0, cursor.block_number, limit)),
  ];
};

interface CursorRow {
  readonly block_number: number | null;
  readonly block_hash: string | null;
  readonly stored_number: number | null;
  readonly canonical: boolean | null;
  readonly first_block: number | null;
  readonly top: number | null;
}

const cursorFinding = (row: CursorRow, blockNumber: number): Finding[] => {
  const isHead = row.canonical === true && row.stored_number === blockNumber && row.top === blockNumber;
  if (isHead) return [];
  const details = { blockHash: row.block_hash, canonical: row.canonical, newestCanonical: row.top };
  return [{ code: 'CURSOR_NOT_CANONICAL', subject: 'cursors', blockNumber, details }];
};

/** Blocks without the canonical block that they name as their parent, or older than it; and heights with no block. */
const brokenLinks = async (
  trx: Trx,
  networkId: number,
  from: number,
  to: number,
  limit: number,
): Promise<Finding[]> => {
  const { rows } = await sql<{ block_number: number; parent: string | null; block_hash: string | null }>`
    select height.n as block_number, b.block_hash, p.block_hash as parent
    from generate_series(${from}::bigint, ${to}::bigint) as height(n)
    left join blocks b on b.network_id = ${networkId}::integer and b.block_number = height.n and b.canonical
    left join blocks p on p.network_id = ${networkId}::integer and p.block_number = height.n - 1 and p.canonical
    where b.block_hash is null
      or (height.n > ${from}::bigint and (p.block_hash is distinct from b.parent_hash
        or p.timestamp_seconds > b.timestamp_seconds))
    order by 1 limit ${limit}`.execute(trx);
  return rows.map(({ block_number, block_hash, parent }) => ({
    code: 'BLOCKS_BROKEN',
    subject: 'blocks',
    blockNumber: block_number,
    details: { blockHash: block_hash, below: parent },
  }));
};
