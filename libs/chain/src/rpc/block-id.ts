import { feltToHex } from '#libs/felt';
import type { BlockRef } from '../types.ts';

/** A block reference as the JSON-RPC takes it. */
export const blockId = (ref: BlockRef): unknown => {
  if (typeof ref === 'string') return ref;
  return 'blockHash' in ref ? { block_hash: feltToHex(ref.blockHash) } : { block_number: ref.blockNumber };
};
