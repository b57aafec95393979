import type { Felt } from '#libs/felt';
import { toFelt, U32_MAX, U64_MAX } from '#libs/felt';
import { AccountError } from '../account.error.ts';
import { FeltReader } from '../felt-reader.ts';

/** What the account stores for a session key. Unix seconds in u64; the three counts are u32. */
export interface SessionData {
  /** 0 means: no such session. */
  readonly validUntilSeconds: bigint;
  readonly maxCalls: bigint;
  readonly callsUsed: bigint;
  readonly allowedEntrypointsLen: bigint;
}

/** What the account answers for a key it does not know, and stores after a revoke. */
export const NO_SESSION: SessionData = {
  validUntilSeconds: 0n,
  maxCalls: 0n,
  callsUsed: 0n,
  allowedEntrypointsLen: 0n,
};

/**
 * Reads the answer of `get_session_data`, or the four storage slots in order. Word 0 is the expiry, not a flag.
 * @throws AccountError SESSION_INVALID_RESPONSE unless exactly 4 felts, each in its range.
 */
export const sessionDataFromFelts = (felts: readonly Felt[]): SessionData => {
  const reader = new FeltReader(felts, 'SESSION_INVALID_RESPONSE');
  const session = {
    validUntilSeconds: reader.u64('valid_until'),
    maxCalls: reader.u32('max_calls'),
    callsUsed: reader.u32('calls_used'),
    allowedEntrypointsLen: reader.u32('allowed_entrypoints_len'),
  };
  reader.end();
  return session;
};

/** The four felts in storage order. @throws AccountError SESSION_INVALID_RESPONSE for a value out of range. */
export const sessionDataToFelts = (session: SessionData): [Felt, Felt, Felt, Felt] => {
  const { validUntilSeconds, maxCalls, callsUsed, allowedEntrypointsLen } = session;
  const counts = [maxCalls, callsUsed, allowedEntrypointsLen];
  if (!isUpTo(U64_MAX, validUntilSeconds) || !counts.every((count) => isUpTo(U32_MAX, count))) {
    throw new AccountError('SESSION_INVALID_RESPONSE', 'a member of the session is beyond its type');
  }
  return [toFelt(validUntilSeconds), toFelt(maxCalls), toFelt(callsUsed), toFelt(allowedEntrypointsLen)];
};

const isUpTo = (max: bigint, value: bigint): boolean => value >= 0n && value <= max;
