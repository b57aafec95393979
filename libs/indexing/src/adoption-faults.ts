import { isChainError } from '#libs/chain';
import { DatabaseError, type DatabaseErrorCode, inTransaction } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { postponePending } from './account-registry.ts';
import { AdoptionError } from './adoption.error.ts';
import type { IndexingContext } from './indexing.context.ts';
import { type AccountReads, limitReads } from './limit-reads.ts';
import type { SeedPorts } from './seed-account.ts';

/** What reading one account may take. */
export interface Allowance {
  readonly reads: number;
  readonly milliseconds: number;
  /** Whether the events of one node are enough where there are several. */
  readonly oneWillDo: boolean;
}

/** Gives what an account is read from, for so many questions and so long. @throws AdoptionError ADOPTION_TIMED_OUT */
export const withPorts = async <T>(
  { catalogue }: IndexingContext,
  source: AccountReads,
  { reads, milliseconds, oneWillDo }: Allowance,
  signal: AbortSignal | undefined,
  read: (ports: SeedPorts) => Promise<T>,
): Promise<T> => {
  const deadline = AbortSignal.timeout(milliseconds);
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const requireClass: SeedPorts['requireClass'] = (classHash, blockHash) =>
    catalogue.require(classHash, blockHash);
  try {
    return await read({ source: limitReads(source, reads, either), requireClass, oneWillDo });
  } catch (error) {
    if (!deadline.aborted || error instanceof DatabaseError) throw error;
    throw new AdoptionError('ADOPTION_TIMED_OUT', `it takes more than ${milliseconds} ms`, { cause: error });
  }
};

/** Anybody can make an account that cannot be read. It is noted and waits; only what concerns everybody is thrown. */
export const unlessItsOwnFault = async <T>(
  context: IndexingContext,
  address: Address,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true || (error instanceof DatabaseError && !isOfTheRows(error))) throw error;
    const code = reasonOf(error);
    await inTransaction(context.db, (trx) => postponePending(trx, context.networkId, address, code));
    context.log.warn({ account: feltToHex(address), code }, 'account cannot be followed yet');
    return undefined;
  }
};

/** Faults of what was to be written, and not of the database. */
const OF_THE_ROWS: ReadonlySet<DatabaseErrorCode> = new Set([
  'UNIQUE_VIOLATION',
  'CONSTRAINT_VIOLATION',
  'NUMBER_OUT_OF_RANGE',
]);

export const isOfTheRows = (error: unknown): boolean =>
  error instanceof DatabaseError && OF_THE_ROWS.has(error.code);

const reasonOf = (error: unknown): string => {
  if (isChainError(error) || error instanceof AdoptionError || error instanceof DatabaseError)
    return error.code;
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'INTERNAL';
};
