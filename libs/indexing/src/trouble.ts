import { isChainError } from '#libs/chain';
import { DatabaseError } from '#libs/database';

/** Asked anew: the signal may have aborted while something was awaited. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Faults that no wait mends. Everything else is tried again from what is committed, ever more slowly. */
const NEEDS_PERSON: ReadonlySet<string> = new Set([
  'FINALITY_VIOLATION',
  'WRONG_NETWORK',
  'RPC_VERSION_UNSUPPORTED',
  'PROVIDER_URL_INVALID',
]);

export const needsPerson = (error: unknown): boolean => isChainError(error) && NEEDS_PERSON.has(error.code);

export const describeTrouble = (error: unknown): { code: string; message: string } => {
  if (isChainError(error) || error instanceof DatabaseError)
    return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : 'unknown failure' };
};
