import type { GeneratedBlock } from './block-answers.ts';

type Json = Readonly<Record<string, unknown>>;

/** A result, serialised before; or an error of the protocol. */
export type FeedAnswer = { readonly result: Buffer } | { readonly error: { code: number; message: string } };

interface StoredBlock {
  readonly withReceipts: Buffer;
  readonly withHashes: Buffer;
  readonly stateUpdate: Buffer;
  readonly filteredUpdate: Buffer;
}

const CHAIN_ID = '"0x534e5f5345504f4c4941"';
const BLOCK_NOT_FOUND = { error: { code: 24, message: 'Block not found' } };
const CONTRACT_NOT_FOUND = { error: { code: 20, message: 'Contract not found' } };
const text = (json: string): { result: Buffer } => ({ result: Buffer.from(json, 'latin1') });
const KNOWN = { chainId: text(CHAIN_ID), specVersion: text('"0.10.2"') };

interface EventJson {
  readonly from_address: string;
  readonly keys: readonly string[];
  readonly data: readonly string[];
}

/** The chain of a feed and its answers. All that is asked for in a back-fill is serialised beforehand. */
export class FeedAnswers {
  readonly #blocks: (StoredBlock | undefined)[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #hashes: string[] = [];
  readonly #deployedAt = new Map<string, number>();
  #class: { result: Buffer };
  #classHash: { result: Buffer };
  readonly #finalBlocks: number;
  /** Newest block that is published. */
  head = -1;
  publish: 'ALL' | 'ONE_AT_A_TIME' = 'ALL';
  answerBytes = 0;

  constructor(classHash: string, classJson: string, finalBlocks: number) {
    this.#class = text(classJson);
    this.#classHash = text(`"${classHash}"`);
    this.#finalBlocks = finalBlocks;
  }

  add(block: GeneratedBlock): void {
    const { withReceipts, withHashes, stateUpdate, filteredUpdate } = block;
    const stored = {
      withReceipts: Buffer.from(withReceipts, 'latin1'),
      withHashes: Buffer.from(withHashes, 'latin1'),
      stateUpdate: Buffer.from(stateUpdate, 'latin1'),
      filteredUpdate: Buffer.from(filteredUpdate, 'latin1'),
    };
    this.#blocks.push(stored);
    this.#hashes.push(block.blockHash);
    this.#numbers.set(block.blockHash, block.blockNumber);
    for (const address of block.deployed) this.#deployedAt.set(address, block.blockNumber);
    this.answerBytes += Object.values(stored).reduce((sum, { length }) => sum + length, 0);
  }

  /** The first so many blocks, for another branch to go on from. The answers are shared. */
  fork(blocks: number): FeedAnswers {
    const copy = new FeedAnswers('0x0', '', this.#finalBlocks);
    copy.#class = this.#class;
    copy.#classHash = this.#classHash;
    copy.#blocks.push(...this.#blocks.slice(0, blocks));
    copy.#hashes.push(...this.#hashes.slice(0, blocks));
    for (const [hash, number] of this.#numbers) if (number < blocks) copy.#numbers.set(hash, number);
    for (const [address, number] of this.#deployedAt)
      if (number < blocks) copy.#deployedAt.set(address, number);
    return copy;
  }

  /** Lets the answers of a block go that nobody asks for again. */
  forget(blockNumber: number): void {
    this.#blocks[blockNumber] = undefined;
  }

  get blocks(): number {
    return this.#blocks.length;
  }

  hashOf(blockNumber: number): string | undefined {
    return this.#hashes[blockNumber];
  }

  reset(publish: 'ALL' | 'ONE_AT_A_TIME'): void {
    this.publish = publish;
    this.head = publish === 'ALL' ? this.#blocks.length - 1 : 0;
  }

  answer(method: string, params: Json): FeedAnswer {
    switch (method) {
      case 'starknet_chainId':
        return KNOWN.chainId;
      case 'starknet_specVersion':
        return KNOWN.specVersion;
      case 'starknet_blockNumber':
        return text(String(this.head));
      case 'starknet_blockHashAndNumber':
        return text(`{"block_hash":"${this.#hashes[this.head] ?? ''}","block_number":${this.head}}`);
      case 'starknet_getBlockWithTxHashes':
        return this.#of(params, ({ withHashes }) => withHashes);
      case 'starknet_getBlockWithReceipts':
        return this.#blockWithReceipts(params);
      case 'starknet_getStateUpdate':
        return this.#stateUpdate(params);
      case 'starknet_getClassHashAt':
        return this.#ofContract(params, () => this.#classHash);
      case 'starknet_getClass':
        return this.#class;
      case 'starknet_getClassAt':
        return this.#ofContract(params, () => this.#class);
      case 'starknet_getStorageAt':
        return this.#ofContract(params, (at) => this.#storageAt(params, at));
      case 'starknet_getEvents':
        return this.#events(params['filter'] as Json);
      default:
        return { error: { code: -32601, message: 'Method not found' } };
    }
  }

  /** The next block appears once this one was read. */
  #blockWithReceipts(params: Json): FeedAnswer {
    const answer = this.#of(params, ({ withReceipts }) => withReceipts);
    const isHead = this.#numberOf(params['block_id']) === this.head;
    if (this.publish === 'ONE_AT_A_TIME' && isHead && this.head + 1 < this.#blocks.length) this.head += 1;
    return answer;
  }

  /** A filter leaves out contracts that nobody follows; a narrower one gets the same, which clients filter again. */
  #stateUpdate(params: Json): FeedAnswer {
    const isFiltered = Array.isArray(params['contract_addresses']) && params['contract_addresses'].length > 0;
    return this.#of(params, (block) => (isFiltered ? block.filteredUpdate : block.stateUpdate));
  }

  #of(params: Json, pick: (block: StoredBlock) => Buffer): FeedAnswer {
    const block = this.#blocks[this.#numberOf(params['block_id']) ?? -1];
    return block ? { result: pick(block) } : BLOCK_NOT_FOUND;
  }

  #numberOf(id: unknown): number | undefined {
    if (id === 'latest' || id === 'pending' || id === 'pre_confirmed') return this.head;
    if (id === 'l1_accepted') return this.#finalBlocks > 0 ? this.#finalBlocks - 1 : undefined;
    const { block_number: number, block_hash: hash } = id as { block_number?: number; block_hash?: string };
    const found = number ?? (hash === undefined ? undefined : this.#numbers.get(hash));
    return found !== undefined && found <= this.head ? found : undefined;
  }

  #ofContract(params: Json, answer: (at: number) => FeedAnswer): FeedAnswer {
    const at = this.#numberOf(params['block_id']);
    if (at === undefined) return BLOCK_NOT_FOUND;
    const deployedAt = this.#deployedAt.get(String(params['contract_address']));
    return deployedAt === undefined || deployedAt > at ? CONTRACT_NOT_FOUND : answer(at);
  }

  /** Read from the state updates, from the newest back: rarely asked, so nothing is kept for it. */
  #storageAt(params: Json, at: number): FeedAnswer {
    for (let number = at; number >= 0; number -= 1) {
      const update = JSON.parse(this.#blocks[number]!.stateUpdate.toString('latin1')) as {
        state_diff: {
          storage_diffs: { address: string; storage_entries: { key: string; value: string }[] }[];
        };
      };
      const found = update.state_diff.storage_diffs
        .find(({ address }) => address === params['contract_address'])
        ?.storage_entries.find(({ key }) => key === params['key']);
      if (found) return text(`"${found.value}"`);
    }
    return text('"0x0"');
  }

  /** Pages end between two blocks; the token is the next block. */
  #events(filter: Json): FeedAnswer {
    const from = this.#numberOf(filter['from_block'] ?? { block_number: 0 });
    const to = this.#numberOf(filter['to_block'] ?? 'latest');
    if (from === undefined || to === undefined) return BLOCK_NOT_FOUND;
    const found: unknown[] = [];
    let number = Number(filter['continuation_token'] ?? from);
    for (; number <= to && found.length === 0; number += 1) found.push(...this.#eventsOf(number, filter));
    const token = number <= to ? `,"continuation_token":"${number}"` : '';
    return text(`{"events":${JSON.stringify(found)}${token}}`);
  }

  #eventsOf(number: number, filter: Json): unknown[] {
    const block = JSON.parse(this.#blocks[number]!.withReceipts.toString('latin1')) as {
      transactions: { receipt: { transaction_hash: string; events: EventJson[] } }[];
    };
    return block.transactions.flatMap(({ receipt }, transactionIndex) =>
      receipt.events.flatMap((event, eventIndex) =>
        isWanted(event, filter)
          ? [
              {
                ...event,
                block_number: number,
                block_hash: this.#hashes[number],
                transaction_hash: receipt.transaction_hash,
                transaction_index: transactionIndex,
                event_index: eventIndex,
              },
            ]
          : [],
      ),
    );
  }
}

const isWanted = ({ from_address, keys }: EventJson, filter: Json): boolean => {
  const addresses = filter['address'] === undefined ? undefined : [filter['address']].flat();
  if (addresses && !addresses.includes(from_address)) return false;
  const wanted = (filter['keys'] ?? []) as readonly (readonly string[])[];
  return wanted.every(
    (alternatives, at) => alternatives.length === 0 || alternatives.includes(keys[at] ?? ''),
  );
};
