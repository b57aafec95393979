import { createHash } from 'node:crypto';
import type { FeedAnswer, FeedAnswers } from '../ingest/feed-answers.ts';
import type { GeneratedBlock } from '../ingest/block-answers.ts';

type Params = Readonly<Record<string, unknown>>;

interface BlockId {
  readonly block_hash?: string;
  readonly block_number?: number;
}

interface PlacedEvent {
  readonly block_number: number;
  readonly keys: readonly string[];
}

interface Block {
  readonly block_hash: string;
  readonly transactions: readonly {
    readonly receipt: {
      readonly transaction_hash: string;
      readonly events: readonly { readonly from_address: string; readonly keys: readonly string[] }[];
    };
  }[];
}

interface Update {
  readonly state_diff: {
    readonly storage_diffs: readonly {
      readonly address: string;
      readonly storage_entries: readonly { readonly key: string; readonly value: string }[];
    }[];
  };
}

const PROOFS_AT_ONCE = 100;
const text = (value: unknown): FeedAnswer => ({ result: Buffer.from(JSON.stringify(value), 'latin1') });

/** Answers about single accounts out of an index: the answers of the other benchmarks look through the whole chain. */
export class AccountAnswers {
  readonly #answers: FeedAnswers;
  readonly #classHash: string;
  readonly #hasProofs: boolean;
  readonly #events = new Map<string, PlacedEvent[]>();
  /** Values with the block that wrote them, by account and slot. */
  readonly #storage = new Map<string, Map<string, (readonly [number, string])[]>>();
  readonly #numbers = new Map<string, number>();

  constructor(answers: FeedAnswers, classHash: string, hasProofs: boolean) {
    this.#answers = answers;
    this.#classHash = classHash;
    this.#hasProofs = hasProofs;
  }

  add({ blockNumber, blockHash, withReceipts, filteredUpdate }: GeneratedBlock): void {
    this.#numbers.set(blockHash, blockNumber);
    const block = JSON.parse(withReceipts) as Block;
    block.transactions.forEach(({ receipt }, transactionIndex) => {
      receipt.events.forEach((event, eventIndex) => {
        const events = this.#events.get(event.from_address) ?? [];
        const place = { transaction_index: transactionIndex, event_index: eventIndex };
        const { transaction_hash } = receipt;
        events.push({
          ...event,
          block_number: blockNumber,
          block_hash: blockHash,
          transaction_hash,
          ...place,
        } as never);
        this.#events.set(event.from_address, events);
      });
    });
    for (const { address, storage_entries } of (JSON.parse(filteredUpdate) as Update).state_diff
      .storage_diffs) {
      const slots = this.#storage.get(address) ?? new Map<string, (readonly [number, string])[]>();
      for (const { key, value } of storage_entries)
        slots.set(key, [...(slots.get(key) ?? []), [blockNumber, value]]);
      this.#storage.set(address, slots);
    }
  }

  answer(method: string, params: Params): FeedAnswer {
    switch (method) {
      case 'starknet_getEvents':
        return this.#eventPage(params['filter'] as Params);
      case 'starknet_getStorageAt':
        return text(
          this.#word(String(params['contract_address']), String(params['key']), this.#height(params)),
        );
      case 'starknet_getStorageProof':
        return this.#hasProofs ? this.#proof(params) : { error: { code: 42, message: 'no proofs here' } };
      default:
        return this.#answers.answer(method, params);
    }
  }

  #height(params: Params): number {
    return this.#heightOf(params['block_id'] as BlockId);
  }

  #heightOf({ block_hash: hash, block_number: number }: BlockId): number {
    return number ?? this.#numbers.get(hash ?? '') ?? -1;
  }

  #word(address: string, slot: string, height: number): string {
    return (
      this.#storage
        .get(address)
        ?.get(slot)
        ?.findLast(([block]) => block <= height)?.[1] ?? '0x0'
    );
  }

  /** Pages of what was asked for, in the order of the chain. The token is a position. */
  #eventPage(filter: Params): FeedAnswer {
    const from = this.#heightOf(filter['from_block'] as BlockId);
    const to = this.#heightOf(filter['to_block'] as BlockId);
    const [wanted = []] = filter['keys'] as readonly (readonly string[])[];
    const selectors = new Set(wanted);
    const addresses = filter['address'] === undefined ? [...this.#events.keys()] : [filter['address']].flat();
    const found = (addresses as string[])
      .flatMap((address) => this.#events.get(address) ?? [])
      .filter(
        ({ block_number, keys }) =>
          block_number >= from && block_number <= to && selectors.has(keys[0] ?? ''),
      )
      .sort((a, b) => a.block_number - b.block_number);
    const start = Number(filter['continuation_token'] ?? 0);
    const end = start + Number(filter['chunk_size']);
    const more = end < found.length ? { continuation_token: String(end) } : {};
    return text({ events: found.slice(start, end), ...more });
  }

  #proof(params: Params): FeedAnswer {
    const height = this.#height(params);
    const addresses = params['contract_addresses'] as readonly string[];
    const asked = params['contracts_storage_keys'] as readonly {
      contract_address: string;
      storage_keys: readonly string[];
    }[];
    const slots = asked.reduce((sum, { storage_keys }) => sum + storage_keys.length, 0);
    if (slots + addresses.length > PROOFS_AT_ONCE * 2 || slots > PROOFS_AT_ONCE)
      return { error: { code: 10_000, message: 'Proof limit exceeded' } };
    const tries = new Map(addresses.map((address) => [address, this.#trieOf(address, height)]));
    return text({
      classes_proof: [],
      contracts_proof: {
        nodes: [],
        contract_leaves_data: addresses.map((address) => ({
          nonce: '0x1',
          class_hash: this.#storage.has(address) ? this.#classHash : '0x0',
          storage_root: tries.get(address)?.root,
        })),
      },
      contracts_storage_proofs: asked.map(({ contract_address }) => tries.get(contract_address)?.nodes),
      global_roots: {
        contracts_tree_root: '0x1',
        classes_tree_root: '0x1',
        block_hash: (params['block_id'] as { block_hash: string }).block_hash,
      },
    });
  }

  #trieOf(address: string, height: number): Trie {
    const leaves = [...(this.#storage.get(address) ?? [])]
      .map(([slot]) => ({ slot: BigInt(slot), value: this.#word(address, slot, height) }))
      .filter(({ value }) => value !== '0x0')
      .sort((a, b) => (a.slot < b.slot ? -1 : 1));
    const nodes: unknown[] = [];
    return { root: leaves.length === 0 ? '0x0' : buildTrie(leaves, 251, nodes), nodes };
  }
}

interface Trie {
  readonly root: string;
  readonly nodes: readonly unknown[];
}

interface Leaf {
  readonly slot: bigint;
  readonly value: string;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** A trie of the shape that nodes give. Its hashes are names only: making true ones would take longer than the rest. */
const buildTrie = (leaves: readonly Leaf[], height: number, nodes: unknown[]): string => {
  if (height === 0) return leaves[0]!.value;
  const low = (slot: bigint): bigint => slot & ((1n << BigInt(height)) - 1n);
  const [first, last] = [low(leaves[0]!.slot), low(leaves.at(-1)!.slot)];
  const shared = height - (first ^ last).toString(2).length;
  const length = first === last ? height : shared;
  if (length > 0) {
    const child = buildTrie(leaves, height - length, nodes);
    return named(nodes, { path: hex(first >> BigInt(height - length)), length, child });
  }
  const half = 1n << BigInt(height - 1);
  const left = buildTrie(
    leaves.filter(({ slot }) => low(slot) < half),
    height - 1,
    nodes,
  );
  const right = buildTrie(
    leaves.filter(({ slot }) => low(slot) >= half),
    height - 1,
    nodes,
  );
  return named(nodes, { left, right });
};

const named = (nodes: unknown[], node: object): string => {
  const hash = `0x${createHash('sha256').update(JSON.stringify(node)).digest('hex').slice(0, 60)}`;
  nodes.push({ node_hash: hash, node });
  return hash;
};
