import type { ExecutionPath } from '../account.types.ts';

const HOUR_SECONDS = 3600n;

/**
 * The time that `__validate__` sees: the block time rounded down to the full hour, the only clock Starknet gives it.
 * So on the INVOKE path both expiries are judged by it. Debits, `execute_from_outside_v2` and `is_valid_signature`
 * see the exact block time.
 */
export const validateTimeSeconds = (blockTimeSeconds: bigint): bigint =>
  blockTimeSeconds - (blockTimeSeconds % HOUR_SECONDS);

/** The time a path judges a session's expiry by, for a block. */
export const sessionTimeSeconds = (path: ExecutionPath, blockTimeSeconds: bigint): bigint =>
  path === 'INVOKE' ? validateTimeSeconds(blockTimeSeconds) : blockTimeSeconds;

/**
 * The last block time at which an expiry still lets a path through: the expiry itself, or on the INVOKE path the
 * last second of its hour.
 */
export const lastUsableSeconds = (path: ExecutionPath, validUntilSeconds: bigint): bigint =>
  path === 'INVOKE' ? validateTimeSeconds(validUntilSeconds) + HOUR_SECONDS - 1n : validUntilSeconds;
