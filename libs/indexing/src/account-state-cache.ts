import type { Address } from '#libs/felt';
import type { AccountState } from '#libs/sessions';

type Load = (addresses: readonly Address[]) => Promise<Map<Address, AccountState>>;

/**
 * The states of the accounts that were touched last. What is folded changes them in place, so they are only right
 * while what was folded is committed: after any failure `clear` is the only way on. What is not committed yet must be
 * here, since the database would give the state before it: nothing goes before `trim`.
 */
export class AccountStateCache {
  readonly #load: Load;
  readonly #capacity: number;
  readonly #states = new Map<Address, AccountState>();

  constructor(load: Load, capacity = 20_000) {
    this.#load = load;
    this.#capacity = capacity;
  }

  /** The states of these accounts, in a map of their own. */
  async take(addresses: readonly Address[]): Promise<Map<Address, AccountState>> {
    const missing = addresses.filter((address) => !this.#states.has(address));
    const loaded = missing.length > 0 ? await this.#load(missing) : new Map<Address, AccountState>();
    return new Map(
      addresses.flatMap((address) => {
        const state = this.#states.get(address) ?? loaded.get(address);
        return state ? [[address, state]] : [];
      }),
    );
  }

  /** Keeps what a fold left. */
  put(states: ReadonlyMap<Address, AccountState>): void {
    for (const [address, state] of states) {
      this.#states.delete(address);
      this.#states.set(address, state);
    }
  }

  /** Makes room once what was folded is committed. The entries put first go first. */
  trim(): void {
    for (const address of this.#states.keys()) {
      if (this.#states.size <= this.#capacity) return;
      this.#states.delete(address);
    }
  }

  /** What is kept of an account was written anew. */
  forget(address: Address): void {
    this.#states.delete(address);
  }

  clear(): void {
    this.#states.clear();
  }
}
