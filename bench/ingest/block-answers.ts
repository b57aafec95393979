import type { BlockDraft } from './block-draft.ts';
import { STRK } from './owner-calls.ts';
import type { Random } from './random.ts';
import { headerJson, stateUpdateJson, transactionJson, type WireDiff, type WireHeader } from './wire.ts';

/** The answers about one block, as text. */
export interface GeneratedBlock {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly withReceipts: string;
  readonly withHashes: string;
  readonly stateUpdate: string;
  /** Without the contracts that nobody follows: for nodes asked with a filter. */
  readonly filteredUpdate: string;
  readonly deployed: readonly string[];
}

interface FinishedBlock {
  readonly draft: BlockDraft;
  readonly header: WireHeader;
  readonly oldRoot: string;
  /** Of the accounts that are followed. */
  readonly followed: WireDiff;
}

/** What a node says of a block, beside words of the token of fees that nobody follows: two for each transaction. */
export const answersOf = (
  { draft: { transactions }, header, oldRoot, followed }: FinishedBlock,
  random: Random,
): GeneratedBlock => {
  const body = transactions.map((transaction) => transactionJson(transaction, header.finality)).join(',');
  const hashes = transactions.map(({ hash }) => `"${hash}"`).join(',');
  const balances = transactions.map(() => [random.felt(), random.felt()] as const);
  const noise = { address: STRK, entries: balances };
  const all = { ...followed, storage: [...followed.storage, ...(balances.length > 0 ? [noise] : [])] };
  return {
    blockNumber: header.blockNumber,
    blockHash: header.blockHash,
    withReceipts: `{${headerJson(header)},"transactions":[${body}]}`,
    withHashes: `{${headerJson(header)},"transactions":[${hashes}]}`,
    stateUpdate: stateUpdateJson(header, oldRoot, all),
    filteredUpdate: stateUpdateJson(header, oldRoot, followed),
    deployed: followed.deployed.map(({ address }) => address),
  };
};
