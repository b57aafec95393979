import type { ChainSource } from '#libs/chain';
import type { StatementBug } from '../database/faulty-database.ts';
import type { RpcFaultKind } from '../node/rpc-faults.ts';
import type { Mode } from '../run/world.ts';

/** Told each time a part of a bug took effect. */
type Hit = (part: string) => void;

/** A bug of a well-known sort, put in from outside: into what a process sends to the database, or hears of the chain. */
export interface PlantedBug {
  readonly name: string;
  /** What it changes: each must have taken effect, or the bug fits the code no longer and nothing was planted. */
  readonly parts: readonly string[];
  /** The seeds in which it can show; absent: any. */
  readonly mode?: Mode;
  /** Made anew for each process. */
  readonly statements?: (hit: Hit) => StatementBug;
  readonly source?: (source: ChainSource, hit: Hit) => ChainSource;
  /** The fault without which it does not show: comes often then. */
  readonly needs?: RpcFaultKind;
  /** A lost commit is taken for a good one: the part of this name. */
  readonly trustsLostCommits?: string;
}
