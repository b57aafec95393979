import { feltToHex } from '#libs/felt';
import type { BlockId } from '../chain/block-id.ts';
import { readFelt } from './fields.ts';
import { isJsonObject, type Json } from './json.ts';
import { rpcErrors } from './rpc.error.ts';

const TAGS: Readonly<Record<string, BlockId>> = {
  latest: { kind: 'LATEST' },
  pre_confirmed: { kind: 'PRE_CONFIRMED' },
  l1_accepted: { kind: 'L1_ACCEPTED' },
};

const INVALID =
  'Invalid block ID. Expected object with key (block_hash or block_number) or tag ' +
  "('pre_confirmed' or 'latest' or 'l1_accepted').";

/** @throws RpcError -32602 unless a tag, or an object with one block_hash or block_number. */
export const readBlockId = (value: Json): BlockId => {
  const found = typeof value === 'string' ? TAGS[value] : readObject(value);
  if (!found) throw rpcErrors.invalidParams(INVALID);
  return found;
};

const readObject = (value: Json): BlockId | undefined => {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return undefined;
  const { block_number: number, block_hash: hash } = value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0)
    return { kind: 'NUMBER', number };
  if (typeof hash !== 'string') return undefined;
  try {
    return { kind: 'HASH', hash: feltToHex(readFelt(hash)) };
  } catch {
    return undefined;
  }
};
