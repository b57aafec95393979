import { decodeShortString, feltToHex } from '#libs/felt';
import { BLOCK_HASH_CONTRACT, SEQUENCER_ADDRESS } from '../contracts/well-known.ts';
import type { BlockView } from '../execution/native-contract.ts';
import { rpcErrors } from '../rpc/rpc.error.ts';
import { Archive } from '../state/archive.ts';
import { changesLength, joinChanges } from '../state/block-changes.ts';
import { changesFromJson, changesToJson, type StateDiffJson } from '../state/changes-json.ts';
import { emptyChanges, type StateChanges, type StateReader } from '../state/state-reader.ts';
import { executeTransaction, type ExecutionEnvironment } from '../transactions/executor.ts';
import { areBoundsValid } from '../transactions/gas.ts';
import { receiptBodyOf } from '../transactions/receipt.ts';
import { traceOf } from '../transactions/trace.ts';
import { transactionToJson } from '../transactions/transaction-json.ts';
import { isQuery, senderOf, type Transaction, transactionHashOf } from '../transactions/transaction.ts';
import type { BlockId } from './block-id.ts';
import { blockHashOf, type BlockRecord, commitmentsOf, type TransactionRecord } from './block-record.ts';
import type { ChainNotice, ChainOptions, GenesisState } from './types.ts';
import { newPendingBlock, type PendingBlock } from './pending-block.ts';

/** How many blocks back the hash is that the network writes to contract 0x1. */
const STORED_HASH_DISTANCE = 10;

export class Chain {
  readonly options: ChainOptions;
  readonly archive = new Archive();
  readonly #blocks: BlockRecord[] = [];
  readonly #numberByHash = new Map<string, number>();
  readonly #blockOfTransaction = new Map<string, number>();
  readonly #listeners = new Set<(notice: ChainNotice) => void>();
  #pending: PendingBlock;
  #branch = 0;
  #lastAcceptedOnL1: number | undefined;

  constructor(options: ChainOptions, genesis: GenesisState) {
    this.options = options;
    this.archive.apply(0, genesis.predeployed);
    this.#pending = newPendingBlock(0, undefined);
    this.#append(
      this.#newBlock(
        genesis.diff,
        changesLength(changesFromJson(genesis.diff)) + deprecatedCount(genesis.diff),
      ),
    );
  }

  get pending(): PendingBlock {
    return this.#pending;
  }

  get latest(): BlockRecord {
    return this.#blockAt(this.#blocks.length - 1);
  }

  get branch(): number {
    return this.#branch;
  }

  /** @returns how to stop listening. */
  listen(listener: (notice: ChainNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get transactionCount(): number {
    return this.#blockOfTransaction.size;
  }

  /** The short string that names the network. */
  get chainName(): string {
    return decodeShortString(this.options.chainId) ?? feltToHex(this.options.chainId);
  }

  findBlock(blockId: BlockId): BlockRecord | PendingBlock | undefined {
    return this.#find(blockId);
  }

  /** @throws RpcError 24 for a block the chain does not have. */
  requireBlock(blockId: BlockId): BlockRecord | PendingBlock {
    const found = this.#find(blockId);
    if (!found) throw rpcErrors.blockNotFound();
    return found;
  }

  blocksBetween(from: number, to: number): readonly BlockRecord[] {
    return this.#blocks.slice(from, to + 1);
  }

  findTransaction(
    hash: string,
  ): { transaction: TransactionRecord; block: BlockRecord | undefined } | undefined {
    const number = this.#blockOfTransaction.get(hash);
    if (number === undefined) return undefined;
    const block = this.#blocks[number];
    const transaction = (block ?? this.#pending).transactions.find((record) => record.hash === hash);
    return transaction && { transaction, block };
  }

  readerAt(blockNumber: number): StateReader {
    return this.archive.readerAt(blockNumber);
  }

  /** What a call at that block sees of it; on devnet always the block being built. */
  viewOf(block: BlockRecord | PendingBlock): BlockView {
    const isOwn = this.options.behaviour === 'STARKNET';
    const timestampSeconds = (isOwn ? block.timestampSeconds : undefined) ?? this.latest.timestampSeconds;
    return {
      blockNumber: isOwn ? block.number : this.#pending.number,
      timestampSeconds: BigInt(timestampSeconds),
      sequencerAddress: SEQUENCER_ADDRESS,
    };
  }

  environmentAt(
    blockNumber: number,
    block: BlockView,
  ): Omit<ExecutionEnvironment, 'validates' | 'chargesFee'> {
    const { classes, chainId, prices, behaviour, blockPerTransaction } = this.options;
    return {
      state: this.readerAt(blockNumber),
      classes: (classHash) => classes.find(classHash)?.contract,
      block,
      chainId,
      prices,
      behaviour,
      strictNonce: blockPerTransaction,
    };
  }

  /** Executes a transaction into the pending block. @throws RpcError where a node refuses it. */
  submit(transaction: Transaction): string {
    if (!areBoundsValid(transaction.resourceBounds)) throw rpcErrors.insufficientResources();
    if (isQuery(transaction)) throw rpcErrors.wildcard('only-query transactions are not supported');
    const hash = transactionHashOf(transaction, this.options.chainId);
    if (this.#blockOfTransaction.has(feltToHex(hash))) throw rpcErrors.duplicateTransaction();
    const timestampSeconds = this.#pending.timestampSeconds ?? this.options.time.peek();
    const executed = executeTransaction(
      {
        ...this.environmentAt(this.#pending.number, this.#executionView(timestampSeconds)),
        validates: true,
        chargesFee: true,
      },
      transaction,
      hash,
    );
    this.#pending.timestampSeconds = timestampSeconds;
    const record: TransactionRecord = {
      hash: feltToHex(hash),
      senderAddress: feltToHex(senderOf(transaction)),
      transaction: transactionToJson(transaction),
      receipt: receiptBodyOf(executed),
      trace: JSON.stringify(traceOf(executed)),
    };
    this.archive.apply(this.#pending.number, executed.changes);
    this.#pending.transactions.push(record);
    this.#pending.parts.push(executed.changes);
    this.#blockOfTransaction.set(record.hash, this.#pending.number);
    if (this.options.blockPerTransaction) this.createBlock();
    else this.#notify({ kind: 'PRE_CONFIRMED', transaction: record });
    return record.hash;
  }

  createBlock(): BlockRecord {
    const before =
      this.options.behaviour === 'STARKNET' ? this.readerAt(this.#pending.number - 1) : undefined;
    const changes = joinChanges(this.#pending.parts, before);
    const block = this.#append(this.#newBlock(changesToJson(changes), changesLength(changes)));
    this.#notify({ kind: 'BLOCK', block });
    return block;
  }

  /** Takes blocks off the end, down to and with the given one. Pending transactions go as well. */
  abortFrom(number: number): readonly BlockRecord[] {
    const aborted = this.#blocks.splice(number).reverse();
    for (const record of aborted.flatMap(({ transactions }) => transactions)) {
      this.#blockOfTransaction.delete(record.hash);
    }
    for (const record of this.#pending.transactions) this.#blockOfTransaction.delete(record.hash);
    for (const block of aborted) this.#numberByHash.delete(block.hash);
    this.archive.dropFrom(number);
    if ((this.#lastAcceptedOnL1 ?? -1) >= number) this.#lastAcceptedOnL1 = undefined;
    this.#branch += 1;
    this.#open(number, this.options.behaviour === 'STARKNET');
    this.#notify({ kind: 'REORG', aborted });
    return aborted;
  }

  /** Marks a block and all before it as final. @returns the blocks that were not yet, latest first. */
  acceptOnL1(number: number): readonly BlockRecord[] {
    const accepted: BlockRecord[] = [];
    for (let current = number; current >= 0; current -= 1) {
      const block = this.#blockAt(current);
      if (block.acceptedOnL1) break;
      block.acceptedOnL1 = true;
      accepted.push(block);
    }
    if (accepted.length > 0) {
      this.#lastAcceptedOnL1 = number;
      this.#notify({ kind: 'ACCEPTED_ON_L1', blockNumber: number });
    }
    return accepted;
  }

  /** Puts back a block from a log. The caller vouches for its order. */
  restoreBlock(block: BlockRecord, branch: number): void {
    this.archive.apply(block.number, changesFromJson(block.diff));
    for (const record of block.transactions) this.#blockOfTransaction.set(record.hash, block.number);
    this.#branch = branch;
    this.#append(block);
    if (block.acceptedOnL1) this.#lastAcceptedOnL1 = block.number;
  }

  #executionView(timestampSeconds: number): BlockView {
    const seen = this.options.behaviour === 'DEVNET' ? this.latest.timestampSeconds : timestampSeconds;
    return {
      blockNumber: this.#pending.number,
      timestampSeconds: BigInt(seen),
      sequencerAddress: SEQUENCER_ADDRESS,
    };
  }

  #newBlock(diff: StateDiffJson, diffLength: number): BlockRecord {
    const { number, transactions, timestampSeconds: opened } = this.#pending;
    const { chainId, seed, time } = this.options;
    const commitments = commitmentsOf(transactions, diff);
    const timestampSeconds = time.take(opened);
    const parentHash = this.#blocks.at(-1)?.hash ?? '0x0';
    const content = { number, parentHash, timestampSeconds, branch: this.#branch, seed, commitments };
    return {
      number,
      hash: blockHashOf({ ...content, chainId: feltToHex(chainId) }),
      parentHash,
      timestampSeconds,
      transactions,
      diff,
      diffLength,
      commitments,
      acceptedOnL1: false,
    };
  }

  #append(block: BlockRecord): BlockRecord {
    this.#blocks.push(block);
    this.#numberByHash.set(block.hash, block.number);
    this.#open(block.number + 1, true);
    return block;
  }

  #open(number: number, storesHash: boolean): void {
    const stored = storesHash ? this.#blocks[number - STORED_HASH_DISTANCE] : undefined;
    const opening = stored && storedHashChange(stored);
    this.#pending = newPendingBlock(number, opening);
    if (opening) this.archive.apply(number, opening);
  }

  #find(blockId: BlockId): BlockRecord | PendingBlock | undefined {
    switch (blockId.kind) {
      case 'NUMBER':
        return this.#blocks[blockId.number];
      case 'HASH':
        return this.#blocks[this.#numberByHash.get(blockId.hash) ?? -1];
      case 'LATEST':
        return this.latest;
      case 'PRE_CONFIRMED':
        return this.#pending;
      case 'L1_ACCEPTED':
        return this.#blocks[this.#lastAcceptedOnL1 ?? -1];
    }
  }

  #blockAt(number: number): BlockRecord {
    const block = this.#blocks[number];
    if (!block) throw rpcErrors.internal(`no block ${number}`);
    return block;
  }

  #notify(notice: ChainNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }
}

const storedHashChange = (block: BlockRecord): StateChanges => ({
  ...emptyChanges(),
  storage: new Map([[BLOCK_HASH_CONTRACT, new Map([[BigInt(block.number), BigInt(block.hash)]])]]),
});

const deprecatedCount = (diff: StateDiffJson): number => diff.deprecated_declared_classes.length;
