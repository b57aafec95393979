import {
  type CallOptions,
  type ChainError,
  type ChainSource,
  type ContractQuestion,
  type ContractWords,
  isChainError,
} from '#libs/chain';
import type { Address, ClassHash, Felt } from '#libs/felt';

/** Slots and contracts in one question: nodes refuse more than about a hundred. */
const MOST_AT_ONCE = 100;
const LEAST_AT_ONCE = 8;

interface Waiting {
  readonly address: Address;
  readonly slot: Felt;
  readonly options: CallOptions | undefined;
  readonly resolve: (word: Felt | PromiseLike<Felt>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Words of storage at one block. What is asked for at the same time goes to the node in one question where it has
 * proofs of storage, and word by word where it has none.
 */
export class WordLoader {
  readonly #source: Pick<ChainSource, 'storageAt' | 'contractWords'>;
  readonly #blockHash: Felt;
  #hasProofs: boolean;
  #most = MOST_AT_ONCE;
  #waiting: Waiting[] = [];

  constructor(source: Pick<ChainSource, 'storageAt' | 'contractWords'>, blockHash: Felt) {
    this.#source = source;
    this.#blockHash = blockHash;
    this.#hasProofs = source.contractWords !== undefined;
  }

  /** Whether the node has given proofs so far. */
  get hasProofs(): boolean {
    return this.#hasProofs;
  }

  /** The class of each contract, in order; undefined where it has to be asked for by itself. */
  async classesOf(addresses: readonly Address[], options: CallOptions): Promise<(ClassHash | undefined)[]> {
    const parts = chunksOf(addresses, MOST_AT_ONCE);
    const found: (ClassHash | undefined)[] = [];
    for (const part of parts) {
      const answers = await this.#ask(
        part.map((address) => ({ address, slots: [] })),
        options,
      );
      found.push(...part.map((_, at) => answers?.[at]?.classHash));
    }
    return found;
  }

  word(address: Address, slot: Felt, options?: CallOptions): Promise<Felt> {
    if (!this.#hasProofs) return this.#single(address, slot, options);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ address, slot, options, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #single(address: Address, slot: Felt, options: CallOptions | undefined): Promise<Felt> {
    return this.#source.storageAt(address, slot, { blockHash: this.#blockHash }, options);
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const part of partsOf(waiting, this.#most)) void this.#answer(part);
  }

  async #answer(part: readonly Waiting[]): Promise<void> {
    try {
      const byAddress = [...Map.groupBy(part, ({ address }) => address)];
      const asked = byAddress.map(([address, items]) => ({ address, slots: items.map(({ slot }) => slot) }));
      // One that is told to stop takes nothing away from the others.
      const answers = await this.#ask(asked, {});
      byAddress.forEach(([, items], at) => this.#give(items, answers?.[at]?.words));
    } catch (error) {
      for (const { reject } of part) reject(error);
    }
  }

  #give(items: readonly Waiting[], words: readonly Felt[] | undefined): void {
    items.forEach(({ address, slot, options, resolve }, at) => {
      resolve(words?.[at] ?? this.#single(address, slot, options));
    });
  }

  async #ask(asked: readonly ContractQuestion[], options: CallOptions): Promise<Answers> {
    if (!this.#hasProofs) return undefined;
    try {
      return await this.#source.contractWords?.(asked, this.#blockHash, options);
    } catch (error) {
      if (!isChainError(error, 'STORAGE_PROOF_UNAVAILABLE')) throw error;
      if (asked.length > 1 && isTooMuch(error)) return await this.#askHalves(asked, options);
      this.#hasProofs = false;
      return undefined;
    }
  }

  async #askHalves(asked: readonly ContractQuestion[], options: CallOptions): Promise<Answers> {
    this.#most = Math.max(LEAST_AT_ONCE, Math.floor(this.#most / 2));
    const middle = Math.ceil(asked.length / 2);
    const first = await this.#ask(asked.slice(0, middle), options);
    const second = await this.#ask(asked.slice(middle), options);
    return first && second && [...first, ...second];
  }
}

type Answers = readonly ContractWords[] | undefined;

/** Nodes have no code of their own for a question that is too long. */
const isTooMuch = ({ cause }: ChainError): boolean => isChainError(cause, 'RPC_ERROR', 'RPC_INVALID_PARAMS');

/** Cut so that slots and contracts together stay below what a node takes. */
const partsOf = (waiting: readonly Waiting[], most: number): Waiting[][] => {
  const parts: Waiting[][] = [];
  let contracts = new Set<bigint>();
  for (const item of waiting) {
    const last = parts.at(-1);
    const size = (last?.length ?? 0) + 1 + contracts.size + (contracts.has(item.address) ? 0 : 1);
    if (last === undefined || size > most) {
      parts.push([item]);
      contracts = new Set([item.address]);
    } else {
      last.push(item);
      contracts.add(item.address);
    }
  }
  return parts;
};

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
