import type { BlockHeader } from '#libs/chain';
import { inTransaction, type Trx } from '#libs/database';
import { insertBlocks, moveCursor, orphanBlocksAbove, readCursor } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { cutVersionsAbove } from '#libs/sessions';
import { cancelDeliveriesAbove } from '#libs/webhooks';
import { loadRegistry, unfollowAbove } from './account-registry.ts';
import type { IndexingContext } from './indexing.context.ts';

/**
 * Takes back what blocks above the common ancestor did, in one transaction: versions are cut, their blocks stop being
 * canonical, the cursor goes back. Facts stay: they belong to their block, and count again if it comes back.
 */
export const rollBack = async (context: IndexingContext, ancestor: BlockHeader): Promise<void> => {
  const { networkId } = context;
  await inTransaction(context.db, (trx) => writeRollBack(trx, context, ancestor), {
    wasCommitted: async (db) => (await readCursor(db, networkId))?.blockHash === ancestor.blockHash,
  });
  context.log.warn(
    {
      chainId: feltToHex(context.chainId),
      blockNumber: ancestor.blockNumber,
      blockHash: feltToHex(ancestor.blockHash),
      orphaned: (context.cursor?.blockNumber ?? ancestor.blockNumber) - ancestor.blockNumber,
    },
    'reorg: rolled back to the common ancestor',
  );
  context.states.clear();
  context.cursor = { blockNumber: ancestor.blockNumber, blockHash: ancestor.blockHash };
  context.cursorHeader = ancestor;
  const registry = await loadRegistry(context.db, networkId);
  refill(context.registry.followed, registry.followed);
  refill(context.registry.rejected, registry.rejected);
};

const writeRollBack = async (trx: Trx, context: IndexingContext, ancestor: BlockHeader): Promise<void> => {
  const { networkId } = context;
  await orphanBlocksAbove(trx, networkId, lastUntouched(context, ancestor));
  // The ancestor of the first block that was ever read is not stored yet.
  await insertBlocks(trx, networkId, [ancestor]);
  await moveCursor(trx, networkId, context.cursor, ancestor);
  await cutVersionsAbove(trx, networkId, ancestor.blockNumber);
  await unfollowAbove(trx, networkId, ancestor.blockNumber);
  await cancelDeliveriesAbove(trx, networkId, ancestor.blockNumber);
};

/**
 * Below the first block that is read one by one nothing was compared: a reorg that reaches it may have replaced any block
 * there that is not final. What an account needs of them comes again when it is read anew.
 */
const lastUntouched = (
  { firstBlock, finalizedBlock }: IndexingContext,
  { blockNumber }: BlockHeader,
): number => (blockNumber >= firstBlock ? blockNumber : Math.min(blockNumber, finalizedBlock ?? -1));

const refill = (target: Set<bigint>, source: ReadonlySet<bigint>): void => {
  target.clear();
  for (const item of source) target.add(item);
};
