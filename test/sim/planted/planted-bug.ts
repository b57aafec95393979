import type { ChainSource } from '#libs/chain';
import type { StatementBug } from '../database/faulty-database.ts';

/** A bug of a well-known sort, put in from outside: into what a process sends to the database, or hears of the chain. */
export interface PlantedBug {
  readonly name: string;
  /** Made anew for each process. */
  readonly statements?: () => StatementBug;
  readonly source?: (source: ChainSource) => ChainSource;
  readonly trustsLostCommits?: boolean;
}
