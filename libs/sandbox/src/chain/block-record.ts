import { createHash } from 'node:crypto';
import { feltToHex } from '#libs/felt';
import type { JsonObject } from '../rpc/json.ts';
import type { StateDiffJson } from '../state/changes-json.ts';
import type { ReceiptBody } from '../transactions/receipt.ts';

/** A transaction with its outcome, kept in the form it is served in. */
export interface TransactionRecord {
  readonly hash: string;
  readonly senderAddress: string;
  /** The transaction without its hash. */
  readonly transaction: JsonObject;
  readonly receipt: ReceiptBody;
  /** JSON text: traces are large, many, and seldom asked for. */
  readonly trace: string;
}

/** A block that is in the chain. Immutable but for its finality. */
export interface BlockRecord {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestampSeconds: number;
  readonly transactions: readonly TransactionRecord[];
  readonly diff: StateDiffJson;
  readonly diffLength: number;
  readonly commitments: BlockCommitments;
  acceptedOnL1: boolean;
}

export interface BlockCommitments {
  readonly transactions: string;
  readonly events: string;
  readonly receipts: string;
  readonly stateDiff: string;
}

const EMPTY = '0x0';

export const eventCountOf = (transactions: readonly TransactionRecord[]): number =>
  transactions.reduce((sum, { receipt }) => sum + receipt.events.length, 0);

/** Digests of the content in place of the protocol's trees: equal content, equal commitment. */
export const commitmentsOf = (
  transactions: readonly TransactionRecord[],
  diff: StateDiffJson,
): BlockCommitments => ({
  transactions:
    transactions.length === 0 ? EMPTY : digest(transactions.map(({ transaction }) => transaction)),
  events:
    eventCountOf(transactions) === 0 ? EMPTY : digest(transactions.map(({ receipt }) => receipt.events)),
  receipts: transactions.length === 0 ? EMPTY : digest(transactions.map(({ receipt }) => receipt)),
  stateDiff: digest(diff),
});

/**
 * Not the protocol's formula. `branch` counts the reorgs before, so that a rebuilt block never carries the hash
 * of the one it replaces, even with the same content at the same time.
 */
export const blockHashOf = (content: {
  readonly number: number;
  readonly parentHash: string;
  readonly timestampSeconds: number;
  readonly branch: number;
  readonly chainId: string;
  readonly seed: number;
  readonly commitments: BlockCommitments;
}): string => digest(content);

const MASK_250 = (1n << 250n) - 1n;

const digest = (content: object): string =>
  feltToHex(BigInt(`0x${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`) & MASK_250);
