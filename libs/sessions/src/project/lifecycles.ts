import type { FactBlock, StoredFact } from '#libs/facts';
import type { PolicyLifecycle, SessionLifecycle } from '../fold/account-state.ts';

type Lifecycle = SessionLifecycle | PolicyLifecycle;

export interface LifecycleColumns {
  readonly lifecycle: Lifecycle;
  readonly lifecycle_block: number;
  readonly lifecycle_tx: string | null;
}

const LIFECYCLE_OF: ReadonlyMap<string, Lifecycle> = new Map([
  ['SessionKeyAdded', 'REGISTERED'],
  ['SessionKeyRevoked', 'REVOKED'],
  ['SpendingPolicySet', 'SET'],
  ['SpendingPolicyRemoved', 'REMOVED'],
] as const);

/** One name for the key or the policy that a fact is about. */
export const entryOf = ({ sessionKey, token }: Pick<StoredFact, 'sessionKey' | 'token'>): string =>
  token === null ? `${sessionKey}` : `${sessionKey}/${token}`;

/** What the owner did last to each key and policy, as far as the blocks go. */
export class Lifecycles {
  readonly #known = new Map<string, LifecycleColumns>();

  /** Takes the events of a block over: of the entries whose state the block changed, or of all. */
  read(block: FactBlock, changed?: ReadonlySet<string>): void {
    for (const fact of block.facts) {
      const lifecycle = LIFECYCLE_OF.get(fact.kind);
      if (lifecycle === undefined) continue;
      const entry = entryOf(fact);
      if (changed?.has(entry) === false) continue;
      const { blockNumber: lifecycle_block, transactionHash: lifecycle_tx } = fact;
      this.#known.set(entry, { lifecycle, lifecycle_block, lifecycle_tx });
    }
  }

  clear(): void {
    this.#known.clear();
  }

  of(entry: string): LifecycleColumns | undefined {
    return this.#known.get(entry);
  }
}
