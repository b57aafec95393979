import type { ProfileRegistry } from '#libs/account';
import type { ChainSource } from '#libs/chain';
import type { ScopedDb } from '#libs/database';
import type { Address, Felt } from '#libs/felt';

/** A network that this deployment answers for. */
export interface ServedNetwork {
  readonly networkId: number;
  readonly chainId: Felt;
  /** The hash of block 0: with the chain id it names the network wherever it is served. */
  readonly genesisHash: Felt;
  readonly label: string;
  readonly source: ChainSource;
}

/**
 * Asks that an account which was read from a node be followed from now on. Returns at once: the queue behind it is
 * bounded and in memory, and reading never writes.
 */
export type FollowOnRead = (network: ServedNetwork, account: Address) => void;

/** What the read side is composed of. */
export interface SessionReadPorts {
  readonly db: ScopedDb;
  readonly networks: readonly ServedNetwork[];
  readonly profiles: ProfileRegistry;
  /** Absent: accounts are not followed just because somebody asked. */
  readonly followOnRead?: FollowOnRead;
  /** How long a node may take over one question. Default 10 s. */
  readonly nodeDeadlineMs?: number;
}

export const SESSION_READ_PORTS = Symbol('SessionReadPorts');
