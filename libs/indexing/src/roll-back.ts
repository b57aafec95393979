import type { BlockHeader } from '#libs/chain';
import { inTransaction, type Trx } from '#libs/database';
import {
  canonicalHash,
  endFinalityAbove,
  finalizedBlockNumber,
  insertBlocks,
  moveCursor,
  raiseGeneration,
  orphanBlocksAbove,
  readCursor,
} from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { cutUsesAbove, cutVersionsAbove } from '#libs/sessions';
import { cutSpendingAbove } from '#libs/spending';
import { cancelDeliveriesAbove } from '#libs/webhooks';
import { loadRegistry, unfollowFrom } from './account-registry.ts';
import { expectedCursor, type IndexingContext } from './indexing.context.ts';

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
  context.generation += 1;
  context.states.clear();
  if (context.acceptsReorgBelowFinality) await forgetFinality(context);
  context.cursor = { blockNumber: ancestor.blockNumber, blockHash: ancestor.blockHash };
  context.cursorHeader = ancestor;
  const registry = await loadRegistry(context.db, networkId);
  refill(context.registry.followed, registry.followed);
  refill(context.registry.rejected, registry.rejected);
};

const writeRollBack = async (trx: Trx, context: IndexingContext, ancestor: BlockHeader): Promise<void> => {
  const { networkId, firstBlock } = context;
  const { blockNumber } = ancestor;
  const untouched = lastUntouched(context, ancestor);
  // Below the first block that was read one by one, ours of that height may be of a branch that was left before.
  const wasOurs = (await canonicalHash(trx, networkId, blockNumber)) === ancestor.blockHash;
  const kept = wasOurs ? blockNumber : undefined;
  await orphanBlocksAbove(trx, networkId, untouched);
  // The ancestor of the first block that was ever read is not stored yet.
  await insertBlocks(trx, networkId, [ancestor]);
  await moveCursor(trx, networkId, expectedCursor(context), ancestor);
  await raiseGeneration(trx, networkId);
  await cutVersionsAbove(trx, networkId, blockNumber);
  await cutUsesAbove(trx, networkId, untouched, kept);
  await cutSpendingAbove(trx, networkId, untouched, kept);
  await unfollowFrom(trx, networkId, blockNumber < firstBlock ? 0 : blockNumber + 1);
  await cancelDeliveriesAbove(trx, networkId, blockNumber);
  if (context.acceptsReorgBelowFinality) await endFinalityAbove(trx, networkId, blockNumber);
};

/** The one roll-back that was allowed is done. */
const forgetFinality = async (context: IndexingContext): Promise<void> => {
  context.acceptsReorgBelowFinality = false;
  context.finalizedBlock = await finalizedBlockNumber(context.db, context.networkId);
};

/**
 * Below the first block that is read one by one nothing was compared: a reorg that reaches it may have replaced any block
 * there that is not final. What an account needs of them comes again when it is read anew, and its history with it.
 */
const lastUntouched = (
  { firstBlock, finalizedBlock }: IndexingContext,
  { blockNumber }: BlockHeader,
): number => (blockNumber >= firstBlock ? blockNumber : Math.min(blockNumber, finalizedBlock ?? -1));

const refill = (target: Set<bigint>, source: ReadonlySet<bigint>): void => {
  target.clear();
  for (const item of source) target.add(item);
};
