import { unlessAborted } from '../abort.ts';
import type { BlockHeader } from '../types.ts';
import { finalityViolation } from './common-ancestor.ts';
import { knownOf, type Position, type Settings } from './settings.ts';
import type { HasHeader } from './types.ts';

/**
 * Our newest block that the node says is accepted on L1, when that is news. Only the node's word counts, never a
 * depth, and only for a block whose hash is ours.
 * @throws ChainError FINALITY_VIOLATION when the node's L1-accepted block is not the one we hold as final.
 */
export const newlyFinal = async <T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
): Promise<BlockHeader | undefined> => {
  const nowMs = settings.clock.nowMs();
  if (!position.cursor || nowMs < position.finalityDueMs) return undefined;
  const { source, signal } = settings;
  const accepted = await unlessAborted(source.l1AcceptedHead({ signal }), signal);
  position.finalityDueMs = nowMs + settings.finalityIntervalMs;
  if (!accepted) return undefined;
  const { finalizedBlock, cursor } = position;
  if (finalizedBlock !== undefined && accepted.blockNumber <= finalizedBlock) {
    await checkStillOurs(settings, position, accepted);
    return undefined;
  }
  // While we catch up the node's block is beyond ours: then ours is final if the node still has it.
  const blockNumber = Math.min(accepted.blockNumber, cursor.blockNumber);
  if (finalizedBlock !== undefined && blockNumber <= finalizedBlock) return undefined;
  const header =
    blockNumber === accepted.blockNumber
      ? accepted
      : await unlessAborted(source.header({ blockNumber }, { signal }), signal);
  const ours = await knownOf(settings, position)(blockNumber);
  // Another hash here is a reorg that the next look at the head finds.
  return header.finality === 'ACCEPTED_ON_L1' && header.blockHash === ours ? header : undefined;
};

const checkStillOurs = async <T extends HasHeader>(
  settings: Settings<T>,
  position: Position,
  accepted: BlockHeader,
): Promise<void> => {
  if (accepted.blockNumber < settings.startBlock) return;
  const ours = await knownOf(settings, position)(accepted.blockNumber);
  if (ours !== undefined && ours !== accepted.blockHash) throw finalityViolation(accepted.blockNumber);
};
