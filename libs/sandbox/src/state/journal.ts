import { emptyChanges, type StateChanges, type StateReader } from './state-reader.ts';

/** Writes over a base state that can be taken back to any earlier mark, as nested calls need. */
export class Journal implements StateReader {
  readonly #base: StateReader;
  readonly #storage = new Map<bigint, Map<bigint, bigint>>();
  readonly #classes = new Map<bigint, bigint>();
  readonly #nonces = new Map<bigint, bigint>();
  readonly #declared = new Map<bigint, bigint>();
  readonly #undo: (() => void)[] = [];

  constructor(base: StateReader) {
    this.#base = base;
  }

  storageAt(address: bigint, slot: bigint): bigint {
    return this.#storage.get(address)?.get(slot) ?? this.#base.storageAt(address, slot);
  }

  classHashAt(address: bigint): bigint {
    return this.#classes.get(address) ?? this.#base.classHashAt(address);
  }

  nonceAt(address: bigint): bigint {
    return this.#nonces.get(address) ?? this.#base.nonceAt(address);
  }

  declaredAt(classHash: bigint): bigint {
    return this.#declared.get(classHash) ?? this.#base.declaredAt(classHash);
  }

  writeStorage(address: bigint, slot: bigint, value: bigint): void {
    let slots = this.#storage.get(address);
    if (!slots) {
      slots = new Map<bigint, bigint>();
      this.#storage.set(address, slots);
    }
    this.#set(slots, slot, value);
  }

  writeClassHash(address: bigint, classHash: bigint): void {
    this.#set(this.#classes, address, classHash);
  }

  writeNonce(address: bigint, nonce: bigint): void {
    this.#set(this.#nonces, address, nonce);
  }

  declare(classHash: bigint, compiledClassHash: bigint): void {
    this.#set(this.#declared, classHash, compiledClassHash);
  }

  mark(): number {
    return this.#undo.length;
  }

  rollback(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
  }

  /** What differs from the base: a slot written back to its old value is not in it. */
  changes(): StateChanges {
    const changes = emptyChanges();
    for (const [address, slots] of this.#storage) {
      const changed = new Map(
        [...slots].filter(([slot, value]) => this.#base.storageAt(address, slot) !== value),
      );
      if (changed.size > 0) changes.storage.set(address, changed);
    }
    for (const [address, nonce] of this.#nonces) {
      if (this.#base.nonceAt(address) !== nonce) changes.nonces.set(address, nonce);
    }
    for (const [address, classHash] of this.#classes) {
      const before = this.#base.classHashAt(address);
      if (before !== classHash) (before === 0n ? changes.deployed : changes.replaced).set(address, classHash);
    }
    for (const [hash, compiled] of this.#declared) changes.declared.set(hash, compiled);
    return changes;
  }

  #set(map: Map<bigint, bigint>, key: bigint, value: bigint): void {
    const before = map.get(key);
    this.#undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    map.set(key, value);
  }
}
