import type { CoverageKind, Db, Trx } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { type BlockRange, mergeRanges } from './block-ranges.ts';

/** Which blocks have been read for the account, in order. */
export const listCoverage = async (
  db: Db | Trx,
  networkId: number,
  account: Address,
  kind: CoverageKind,
): Promise<BlockRange[]> => {
  const rows = await db
    .selectFrom('coverage')
    .select(['from_block', 'to_block'])
    .where('network_id', '=', networkId)
    .where('account', '=', feltToHex(account))
    .where('kind', '=', kind)
    .orderBy('from_block')
    .execute();
  return rows.map((row) => ({ fromBlock: row.from_block, toBlock: row.to_block }));
};

/**
 * Adds a range in the transaction that wrote its facts. Ranges that meet become one row.
 * One writer for each network, so nobody else changes the rows meanwhile.
 */
export const extendCoverage = async (
  trx: Trx,
  networkId: number,
  account: Address,
  kind: CoverageKind,
  range: BlockRange,
): Promise<void> => {
  const before = await listCoverage(trx, networkId, account, kind);
  const after = mergeRanges([...before, range]);
  const key = ({ fromBlock, toBlock }: BlockRange): string => `${fromBlock}-${toBlock ?? ''}`;
  const kept = new Set(after.map(key));
  const known = new Set(before.map(key));
  await removeRanges(
    trx,
    networkId,
    account,
    kind,
    before.filter((item) => !kept.has(key(item))),
  );
  const added = after.filter((item) => !known.has(key(item)));
  if (added.length === 0) return;
  await trx
    .insertInto('coverage')
    .values(
      added.map(({ fromBlock, toBlock }) => ({
        network_id: networkId,
        account: feltToHex(account),
        kind,
        from_block: fromBlock,
        to_block: toBlock,
      })),
    )
    .execute();
};

const removeRanges = async (
  trx: Trx,
  networkId: number,
  account: Address,
  kind: CoverageKind,
  ranges: readonly BlockRange[],
): Promise<void> => {
  if (ranges.length === 0) return;
  await trx
    .deleteFrom('coverage')
    .where('network_id', '=', networkId)
    .where('account', '=', feltToHex(account))
    .where('kind', '=', kind)
    .where(
      'from_block',
      'in',
      ranges.map(({ fromBlock }) => fromBlock),
    )
    .execute();
};

/** A reorg: closed ranges end at the ancestor. Those that move with the cursor go on moving. */
export const cutCoverageAbove = async (
  trx: Trx,
  networkId: number,
  ancestorNumber: number,
): Promise<void> => {
  await trx
    .deleteFrom('coverage')
    .where('network_id', '=', networkId)
    .where('from_block', '>', ancestorNumber)
    .where('to_block', 'is not', null)
    .execute();
  await trx
    .updateTable('coverage')
    .set({ to_block: ancestorNumber })
    .where('network_id', '=', networkId)
    .where('to_block', '>', ancestorNumber)
    .execute();
};
