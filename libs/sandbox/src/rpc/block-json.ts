import { feltToHex } from '#libs/felt';
import { type BlockRecord, eventCountOf, type TransactionRecord } from '../chain/block-record.ts';
import type { Chain } from '../chain/chain.ts';
import type { PendingBlock } from '../chain/pending-block.ts';
import { SEQUENCER_ADDRESS } from '../contracts/well-known.ts';
import type { GasPrices } from '../transactions/gas.ts';
import { type Finality, receiptToJson } from '../transactions/receipt.ts';
import type { Json, JsonObject } from './json.ts';

const STARKNET_VERSION = '0.14.4';

export const isPending = (block: BlockRecord | PendingBlock): block is PendingBlock => !('hash' in block);

export const finalityOf = (block: BlockRecord | PendingBlock | undefined): Finality => {
  if (!block || isPending(block)) return 'PRE_CONFIRMED';
  return block.acceptedOnL1 ? 'ACCEPTED_ON_L1' : 'ACCEPTED_ON_L2';
};

/** A block with its transactions in the given form; members in devnet's order. */
export const blockToJson = (
  chain: Chain,
  block: BlockRecord | PendingBlock,
  transactions: readonly Json[],
): JsonObject =>
  isPending(block)
    ? { ...pendingHeader(chain, block), transactions }
    : { status: finalityOf(block), ...headerToJson(chain, block), transactions };

/** A header as blocks and `starknet_subscriptionNewHeads` have it. */
export const headerToJson = (chain: Chain, block: BlockRecord): JsonObject => ({
  block_hash: block.hash,
  parent_hash: block.parentHash,
  block_number: block.number,
  sequencer_address: feltToHex(SEQUENCER_ADDRESS),
  new_root: '0x0',
  timestamp: block.timestampSeconds,
  starknet_version: STARKNET_VERSION,
  ...pricesToJson(chain.options.prices),
  l1_da_mode: 'BLOB',
  state_diff_commitment: block.commitments.stateDiff,
  state_diff_length: block.diffLength,
  transaction_commitment: block.commitments.transactions,
  event_commitment: block.commitments.events,
  transaction_count: block.transactions.length,
  event_count: eventCountOf(block.transactions),
  receipt_commitment: block.commitments.receipts,
});

const pendingHeader = (chain: Chain, block: PendingBlock): JsonObject => ({
  block_number: block.number,
  sequencer_address: feltToHex(SEQUENCER_ADDRESS),
  timestamp: block.timestampSeconds ?? chain.latest.timestampSeconds,
  starknet_version: STARKNET_VERSION,
  ...pricesToJson(chain.options.prices),
  l1_da_mode: 'BLOB',
});

const pricesToJson = (prices: GasPrices): JsonObject => ({
  l1_gas_price: priceToJson(prices.l1Gas),
  l2_gas_price: priceToJson(prices.l2Gas),
  l1_data_gas_price: priceToJson(prices.l1DataGas),
});

const priceToJson = (price: bigint): JsonObject => ({
  price_in_fri: feltToHex(price),
  price_in_wei: feltToHex(price),
});

export const transactionWithHash = (record: TransactionRecord): JsonObject => ({
  transaction_hash: record.hash,
  ...record.transaction,
});

/** Without the place of the block: the header has it. */
export const transactionWithReceipt = (
  block: BlockRecord | PendingBlock,
  record: TransactionRecord,
): JsonObject => ({
  receipt: receiptToJson(record.receipt, finalityOf(block), {}),
  transaction: record.transaction,
});

/** A receipt on its own: a pre-confirmed one knows its block's number and no hash. */
export const placedReceipt = (
  chain: Chain,
  block: BlockRecord | undefined,
  record: TransactionRecord,
): JsonObject =>
  receiptToJson(
    record.receipt,
    finalityOf(block),
    block ? { block_hash: block.hash, block_number: block.number } : { block_number: chain.pending.number },
  );
