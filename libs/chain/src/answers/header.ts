import { feltToHex } from '#libs/felt';
import { ChainError } from '../chain.error.ts';
import type { BlockHeader, BlockRef } from '../types.ts';
import { arrayField, asObject, feltField, type JsonObject, naturalField, wordField } from './fields.ts';

const FINALITIES = ['ACCEPTED_ON_L2', 'ACCEPTED_ON_L1'] as const;

export const mismatch = (what: string): ChainError => new ChainError('ANSWER_MISMATCH', what);

/** Reads the header fields of any block answer and checks that it is the block asked for. */
export const readHeader = (raw: JsonObject, ref: BlockRef): BlockHeader => {
  const transactionCount = countField(raw, 'transaction_count');
  const eventCount = countField(raw, 'event_count');
  const header: BlockHeader = {
    blockNumber: naturalField(raw, 'block_number'),
    blockHash: feltField(raw, 'block_hash'),
    parentHash: feltField(raw, 'parent_hash'),
    timestampSeconds: BigInt(naturalField(raw, 'timestamp')),
    finality: wordField(raw, 'status', FINALITIES),
    ...(transactionCount === undefined ? {} : { transactionCount }),
    ...(eventCount === undefined ? {} : { eventCount }),
  };
  checkIsBlock(header, ref);
  return header;
};

/** Reads an answer of starknet_getBlockWithTxHashes. */
export const readHeaderAnswer = (answer: unknown, ref: BlockRef): BlockHeader => {
  const raw = asObject(answer, 'block');
  const header = readHeader(raw, ref);
  checkCount('transactions', header.transactionCount, arrayField(raw, 'transactions').length);
  return header;
};

export const checkCount = (what: string, expected: number | undefined, got: number): void => {
  if (expected !== undefined && expected !== got) {
    throw mismatch(`the header counts ${expected} ${what}, the answer holds ${got}`);
  }
};

// Old blocks say 0 whatever they hold, and nodes before RPC 0.10 say nothing: then there is nothing to check.
const countField = (raw: JsonObject, name: string): number | undefined => {
  if (raw[name] === undefined) return undefined;
  const count = naturalField(raw, name);
  return count === 0 ? undefined : count;
};

const checkIsBlock = (header: BlockHeader, ref: BlockRef): void => {
  if (ref === 'latest') return;
  if (ref === 'l1_accepted') {
    if (header.finality !== 'ACCEPTED_ON_L1') throw mismatch('the L1-accepted block is not accepted on L1');
  } else if ('blockHash' in ref) {
    if (header.blockHash !== ref.blockHash) {
      throw mismatch(`asked for block ${feltToHex(ref.blockHash)}, got ${feltToHex(header.blockHash)}`);
    }
  } else if (header.blockNumber !== ref.blockNumber) {
    throw mismatch(`asked for block ${ref.blockNumber}, got ${header.blockNumber}`);
  }
};
