import { History } from './history.ts';
import type { StateChanges, StateReader } from './state-reader.ts';

type Histories = Map<bigint, History>;

/** The whole state at every block: values by version, so old blocks stay readable and a reorg is a cut. */
export class Archive {
  readonly #storage = new Map<bigint, Histories>();
  readonly #classes: Histories = new Map();
  readonly #nonces: Histories = new Map();
  readonly #declared: Histories = new Map();
  readonly #touched = new Map<number, Set<History>>();

  /** The state after the given block. */
  readerAt(blockNumber: number): StateReader {
    return {
      storageAt: (address, slot) => this.#storage.get(address)?.get(slot)?.at(blockNumber) ?? 0n,
      classHashAt: (address) => this.#classes.get(address)?.at(blockNumber) ?? 0n,
      nonceAt: (address) => this.#nonces.get(address)?.at(blockNumber) ?? 0n,
      declaredAt: (classHash) => this.#declared.get(classHash)?.at(blockNumber) ?? 0n,
    };
  }

  lastUpdateBlock(address: bigint, slot: bigint, blockNumber: number): number | undefined {
    return this.#storage.get(address)?.get(slot)?.lastWriteAt(blockNumber);
  }

  apply(blockNumber: number, changes: StateChanges): void {
    for (const [address, slots] of changes.storage) {
      const histories = entryOf(this.#storage, address, () => new Map<bigint, History>());
      for (const [slot, value] of slots) this.#write(histories, slot, blockNumber, value);
    }
    for (const [address, nonce] of changes.nonces) this.#write(this.#nonces, address, blockNumber, nonce);
    for (const [hash, compiled] of changes.declared) this.#write(this.#declared, hash, blockNumber, compiled);
    for (const classes of [changes.deployed, changes.replaced]) {
      for (const [address, hash] of classes) this.#write(this.#classes, address, blockNumber, hash);
    }
  }

  /** Forgets every version of the given block and of all after it. */
  dropFrom(blockNumber: number): void {
    for (const [number, histories] of this.#touched) {
      if (number < blockNumber) continue;
      for (const history of histories) history.dropFrom(blockNumber);
      this.#touched.delete(number);
    }
  }

  #write(histories: Histories, key: bigint, blockNumber: number, value: bigint): void {
    const history = entryOf(histories, key, () => new History());
    history.write(blockNumber, value);
    entryOf(this.#touched, blockNumber, () => new Set<History>()).add(history);
  }
}

const entryOf = <K, V>(map: Map<K, V>, key: K, create: () => V): V => {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
};
