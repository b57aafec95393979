import type { Felt } from '#libs/felt';
import type { ScopedDb } from '#libs/database';
import type { KeyHasher } from '../keys/key-hash.ts';

/** A network that keys and members may be limited to accounts of. */
export interface AccessNetwork {
  readonly networkId: number;
  readonly chainId: Felt;
  readonly label: string;
}

/** What changes and lists of people and keys are composed of. */
export interface AccessPorts {
  readonly db: ScopedDb;
  readonly networks: readonly AccessNetwork[];
  /** Hashes the keys that are made. */
  readonly hasher: KeyHasher;
}

export const ACCESS_PORTS = Symbol('AccessPorts');
