import type { Clock } from '#libs/api';
import type { ChainSource } from '#libs/chain';
import type { Felt } from '#libs/felt';
import type { ScopedDb } from '#libs/database';
import type { KeyHasher } from '../keys/key-hash.ts';
import type { NoteRefusal } from '../refusals/refusal.ts';

/** A network whose accounts sign in, and that keys and members may be limited to accounts of. */
export interface AccessNetwork {
  readonly networkId: number;
  readonly chainId: Felt;
  readonly label: string;
  readonly source: ChainSource;
}

/** How accounts sign in here. */
export interface SignInSettings {
  /** The origin that challenges are bound to, such as `https://purser.example`. */
  readonly service: string;
  /** Whether an account that is a member nowhere gets an organisation of its own. */
  readonly personal: boolean;
}

/** What changes and lists of people and keys are composed of. */
export interface AccessPorts {
  readonly db: ScopedDb;
  readonly networks: readonly AccessNetwork[];
  /** Hashes the keys that are made. */
  readonly hasher: KeyHasher;
  readonly clock: Clock;
  readonly signIn: SignInSettings;
  /** Told of sign-ins that are refused. */
  readonly onRefused?: NoteRefusal;
  /** How long a node may take over one sign-in. Default 10 s. */
  readonly nodeDeadlineMs?: number;
}

export const ACCESS_PORTS = Symbol('AccessPorts');
