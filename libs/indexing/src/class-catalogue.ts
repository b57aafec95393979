import {
  AccountError,
  type ClassCapabilities,
  type EventShapes,
  probeAbi,
  STANDARD_EVENT_SHAPES,
} from '#libs/account';
import { type ChainSource, isChainError } from '#libs/chain';
import type { ClassHash, Felt } from '#libs/felt';

/** What is known of a class: shapes and entry points, from its ABI. Rules are not here: no ABI tells them. */
export interface ClassInfo {
  readonly classHash: ClassHash;
  readonly eventShapes: EventShapes;
  /** Undefined: the node has no readable ABI of it. */
  readonly capabilities: ClassCapabilities | undefined;
}

/** Where class knowledge is kept between runs. */
export interface ClassStore {
  load(): Promise<readonly ClassInfo[]>;
  save(info: ClassInfo): Promise<void>;
}

/** Reads each class once, remembers it for ever: a class never changes. */
export class ClassCatalogue {
  readonly #source: ChainSource;
  readonly #store: ClassStore;
  readonly #known = new Map<bigint, ClassInfo>();
  /** Being read: whoever wants one of these too waits for it. */
  readonly #reading = new Map<bigint, Promise<ClassInfo>>();

  constructor(source: ChainSource, store: ClassStore) {
    this.#source = source;
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const info of await this.#store.load()) this.#known.set(info.classHash, info);
  }

  /** The event shapes of a class; the standard's where nobody could read its ABI. */
  shapesOf(classHash: bigint): EventShapes {
    return this.#known.get(classHash)?.eventShapes ?? STANDARD_EVENT_SHAPES;
  }

  /** What `require` has read before. @throws Error when it has not: a fault of the caller. */
  known(classHash: bigint): ClassInfo {
    const info = this.#known.get(classHash);
    if (!info) throw new Error('a class is used before it was read');
    return info;
  }

  /** Reads the class from the node the first time. */
  async require(classHash: ClassHash, blockHash: Felt): Promise<ClassInfo> {
    const known = this.#known.get(classHash);
    if (known) return known;
    const reading = this.#reading.get(classHash) ?? this.#readAndKeep(classHash, blockHash);
    this.#reading.set(classHash, reading);
    return await reading;
  }

  async #readAndKeep(classHash: ClassHash, blockHash: Felt): Promise<ClassInfo> {
    try {
      const info = await this.#read(classHash, blockHash);
      await this.#store.save(info);
      this.#known.set(classHash, info);
      return info;
    } finally {
      this.#reading.delete(classHash);
    }
  }

  async #read(classHash: ClassHash, blockHash: Felt): Promise<ClassInfo> {
    try {
      const capabilities = probeAbi(await this.#readAbi(classHash, blockHash));
      return { classHash, capabilities, eventShapes: capabilities.eventShapes };
    } catch (error) {
      if (!(error instanceof AccountError) && !isChainError(error, 'CLASS_NOT_FOUND')) throw error;
      // An unreadable ABI is an unknown, not a "no": the standard's shapes are tried and nothing is claimed.
      return { classHash, capabilities: undefined, eventShapes: STANDARD_EVENT_SHAPES };
    }
  }

  /** The node just named this class, so one that does not find it may only be behind: it is asked twice. */
  async #readAbi(classHash: ClassHash, blockHash: Felt): Promise<unknown> {
    try {
      return await this.#source.classAbi(classHash, { blockHash });
    } catch (error) {
      if (!isChainError(error, 'CLASS_NOT_FOUND')) throw error;
      return await this.#source.classAbi(classHash, { blockHash });
    }
  }
}
