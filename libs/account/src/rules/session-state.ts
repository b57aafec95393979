import type { SessionData } from '../slots/session-data.ts';

/** How many calls the session may still make: max - used, never below 0. One transaction takes one. */
export const remainingCalls = ({ maxCalls, callsUsed }: SessionData): bigint =>
  callsUsed < maxCalls ? maxCalls - callsUsed : 0n;

/** Whether a stored session exists: an expiry of 0 says it does not. */
export const isSessionRegistered = (session: SessionData): boolean => session.validUntilSeconds !== 0n;

/**
 * Registered, not past its expiry (inclusive) and with calls left. Says nothing about what it may call.
 * @param nowSeconds exact; on the INVOKE path the chain lets a key through until `lastUsableSeconds`.
 */
export const isSessionActive = (session: SessionData, nowSeconds: bigint): boolean =>
  isSessionRegistered(session) && nowSeconds <= session.validUntilSeconds && remainingCalls(session) > 0n;

/** The session as stored after `add_or_update_session_key`: calls used back to 0. Policies stay as they are. */
export const sessionAsGranted = (grant: {
  readonly validUntilSeconds: bigint;
  readonly maxCalls: bigint;
  readonly allowedEntrypoints: readonly unknown[];
}): SessionData => ({
  validUntilSeconds: grant.validUntilSeconds,
  maxCalls: grant.maxCalls,
  callsUsed: 0n,
  allowedEntrypointsLen: BigInt(grant.allowedEntrypoints.length),
});

/** The session as stored after one transaction used it. */
export const sessionAsUsed = (session: SessionData): SessionData => ({
  ...session,
  callsUsed: session.callsUsed + 1n,
});
