import type { BlockRef, StorageWithUpdateBlock } from '../types.ts';
import { asFelt, feltField, naturalField, asObject } from './fields.ts';
import { mismatch } from './header.ts';

/**
 * Reads an answer of starknet_getStorageAt with INCLUDE_LAST_UPDATE_BLOCK: a felt where the node ignored the flag.
 * @throws ChainError RPC_MALFORMED, ANSWER_MISMATCH
 */
export const readStorageAnswer = (answer: unknown, ref: BlockRef): StorageWithUpdateBlock => {
  if (typeof answer === 'string') return { value: asFelt(answer, 'result'), lastUpdateBlock: undefined };
  const raw = asObject(answer, 'storage value');
  const value = feltField(raw, 'value');
  const lastUpdateBlock = naturalField(raw, 'last_update_block');
  const asked = typeof ref === 'object' && 'blockNumber' in ref ? ref.blockNumber : undefined;
  if (asked !== undefined && lastUpdateBlock > asked) {
    throw mismatch(`a slot at block ${asked} was last updated in block ${lastUpdateBlock}`);
  }
  return { value, lastUpdateBlock };
};
