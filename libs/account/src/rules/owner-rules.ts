import type { SessionData } from '../slots/session-data.ts';
import type { SpendingTerms } from '../slots/spending-policy.ts';
import { U256_MAX, U64_MAX } from '#libs/felt';
import { PANIC_TEXTS } from './refusal.ts';
import type { Refusal, RefusalRule } from './refusal.ts';
import { isSessionRegistered } from './session-state.ts';

/** What `add_or_update_session_key` asks of its arguments. */
export type GrantRequirement = 'NOTHING' | 'NON_ZERO';

/** Whether a grant passes: where a class asks for it, key, expiry and max calls must not be 0, in this order. */
export const checkGrant = (
  requires: GrantRequirement,
  grant: { readonly sessionKey: bigint; readonly validUntilSeconds: bigint; readonly maxCalls: bigint },
): Refusal | undefined => {
  if (requires === 'NOTHING') return undefined;
  if (grant.sessionKey === 0n) return refuse('GRANT', PANIC_TEXTS.zeroKey);
  if (grant.validUntilSeconds === 0n) return refuse('GRANT', PANIC_TEXTS.zeroExpiry);
  return grant.maxCalls === 0n ? refuse('GRANT', PANIC_TEXTS.zeroCalls) : undefined;
};

/** Whether a revoke passes: some classes revert for a key they do not know, others emit the event all the same. */
export const checkRevoke = (revokeUnknownReverts: boolean, session: SessionData): Refusal | undefined =>
  revokeUnknownReverts && !isSessionRegistered(session)
    ? refuse('REVOKE', PANIC_TEXTS.notRegistered)
    : undefined;

/** Whether `set_session_signature_mode` passes: 1 or 2, and never back from 2. */
export const checkSignatureMode = (storedMode: bigint, newMode: bigint): Refusal | undefined => {
  if (newMode !== 1n && newMode !== 2n) return refuse('SIGNATURE_MODE', PANIC_TEXTS.invalidMode);
  return storedMode === 2n && newMode === 1n
    ? refuse('SIGNATURE_MODE', PANIC_TEXTS.modeDowngrade)
    : undefined;
};

/** A policy that the account would take and that cannot be what its owner means. */
export type PolicyTermFault =
  | 'WINDOW_UNLIMITED'
  | 'PER_CALL_ABOVE_WINDOW'
  | 'WINDOW_SECONDS_ZERO'
  | 'WINDOW_END_OVERFLOW'
  | 'OUT_OF_RANGE';

/**
 * Every reason not to set these terms: max_per_window 0 means UNLIMITED, a per-call cap above the window never
 * binds, a window of 0 seconds resets at every spend, and start + window beyond u64 makes every counted call panic.
 */
export const policyTermFaults = (terms: SpendingTerms, nowSeconds: bigint): PolicyTermFault[] => {
  const { maxPerCall, maxPerWindow, windowSeconds } = terms;
  const amounts = [maxPerCall, maxPerWindow];
  const inRange = amounts.every((amount) => amount >= 0n && amount <= U256_MAX) && windowSeconds >= 0n;
  if (!inRange || windowSeconds > U64_MAX) return ['OUT_OF_RANGE'];
  const faults: PolicyTermFault[] = [];
  if (maxPerWindow === 0n) faults.push('WINDOW_UNLIMITED');
  if (maxPerCall > maxPerWindow) faults.push('PER_CALL_ABOVE_WINDOW');
  if (windowSeconds === 0n) faults.push('WINDOW_SECONDS_ZERO');
  if (nowSeconds + windowSeconds > U64_MAX) faults.push('WINDOW_END_OVERFLOW');
  return faults;
};

const refuse = (rule: RefusalRule, panicText: string): Refusal => ({
  code: 'OWNER_ACTION_REFUSED',
  rule,
  panicText,
  details: {},
});
