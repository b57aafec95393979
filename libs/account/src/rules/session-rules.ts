import type { Address, Felt } from '#libs/felt';
import { U64_MAX } from '#libs/felt';
import type { Call, ExecutionPath } from '../account.types.ts';
import { ADMIN_SELECTORS } from '../calldata/known-selectors.ts';
import type { SessionData } from '../slots/session-data.ts';
import { PANIC_TEXTS } from './refusal.ts';
import type { Refusal, RefusalCode, RefusalRule } from './refusal.ts';

/** When a session key may not call the account itself. */
export type SelfCallGuard = 'ALWAYS' | 'WHEN_LIST_EMPTY' | 'NONE';

/** The rules of a class that differ from one class to another. `undefined`: nobody has shown which it is. */
export interface SessionRules {
  readonly adminGuard: boolean | undefined;
  readonly selfCallGuard: SelfCallGuard | undefined;
}

/** Everything the account looks at before the ECDSA check. */
export interface SessionCheck {
  readonly rules: SessionRules;
  readonly path: ExecutionPath;
  readonly account: Address;
  readonly session: SessionData;
  /** The stored whitelist, selectors. Empty: every selector that is not an admin one. */
  readonly allowedEntrypoints: readonly Felt[];
  /** Word 4 of the signature, any felt. */
  readonly signatureValidUntilSeconds: bigint;
  /**
   * The time the account sees. On the INVOKE path that is `validateTimeSeconds` of the block time: `__validate__`
   * has no finer clock than the hour.
   */
  readonly nowSeconds: bigint;
  readonly calls: readonly Call[];
}

/** A rule whose outcome decides and that no evidence settles for this class. */
export type UnverifiedRule = 'adminGuard' | 'selfCallGuard';

/** Passed, refused with the first rule that does, or undecided by rules nobody has shown. */
export type SessionVerdict =
  | { readonly kind: 'ACCEPTED' }
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal }
  | { readonly kind: 'UNKNOWN'; readonly unverified: readonly UnverifiedRule[] };

/**
 * Runs the account's checks on a session in contract order, ECDSA excepted, and gives the first refusal. With a
 * rule unverified the verdict is UNKNOWN only where that rule would decide: a refusal by a later, known rule is
 * certain and is given.
 *
 * INVOKE: signature expiry, registered, stored expiry, calls left, admin selectors, self-call guard, whitelist;
 * each returns 0 without a text. OUTSIDE_EXECUTION: signature within the stored expiry first, the signature's own
 * expiry last. Expiry is inclusive: usable while now <= valid_until.
 */
export const judgeSession = (check: SessionCheck): SessionVerdict => {
  const unverified: UnverifiedRule[] = [];
  for (const rule of ORDER[check.path]) {
    const outcome = rule(check);
    if (typeof outcome === 'string') unverified.push(outcome);
    else if (outcome !== undefined) return { kind: 'REFUSED', refusal: withText(check.path, outcome) };
  }
  return unverified.length > 0 ? { kind: 'UNKNOWN', unverified } : { kind: 'ACCEPTED' };
};

/**
 * `judgeSession` for a class whose rules are all known: the refusal, or nothing where the session passes.
 * The signature itself is checked by `checkSessionSignature`, after this.
 */
export const checkSessionRules = (
  check: SessionCheck & {
    readonly rules: { readonly adminGuard: boolean; readonly selfCallGuard: SelfCallGuard };
  },
): Refusal | undefined => {
  const verdict = judgeSession(check);
  return verdict.kind === 'REFUSED' ? verdict.refusal : undefined;
};

type Outcome = Refusal | UnverifiedRule | undefined;
type Rule = (check: SessionCheck) => Outcome;

const refuse = (
  code: RefusalCode,
  rule: RefusalRule,
  details: Record<string, bigint>,
  callIndex?: number,
): Refusal => ({ code, rule, details, ...(callIndex === undefined ? {} : { callIndex }) });

const signatureExpiry: Rule = ({ signatureValidUntilSeconds, nowSeconds }) => {
  const details = { signatureValidUntilSeconds, nowSeconds };
  if (signatureValidUntilSeconds > U64_MAX) return refuse('INVALID_SIGNATURE', 'SIGNATURE_EXPIRY', details);
  return nowSeconds <= signatureValidUntilSeconds
    ? undefined
    : refuse('SESSION_EXPIRED', 'SIGNATURE_EXPIRY', details);
};

// An unregistered key fails here too unless the signature says 0: the cause is then the missing session.
const signatureWithinSession: Rule = ({ session, signatureValidUntilSeconds }) => {
  const { validUntilSeconds } = session;
  if (signatureValidUntilSeconds <= U64_MAX && signatureValidUntilSeconds <= validUntilSeconds)
    return undefined;
  const code = validUntilSeconds === 0n ? 'SESSION_NOT_REGISTERED' : 'SIGNATURE_OUTLIVES_SESSION';
  return refuse(code, 'SIGNATURE_WITHIN_SESSION', { signatureValidUntilSeconds, validUntilSeconds });
};

const registered: Rule = ({ session }) =>
  session.validUntilSeconds === 0n ? refuse('SESSION_NOT_REGISTERED', 'REGISTERED', {}) : undefined;

const sessionExpiry: Rule = ({ session: { validUntilSeconds }, nowSeconds }) =>
  nowSeconds <= validUntilSeconds
    ? undefined
    : refuse('SESSION_EXPIRED', 'SESSION_EXPIRY', { validUntilSeconds, nowSeconds });

const callsLeft: Rule = ({ session: { callsUsed, maxCalls } }) =>
  callsUsed < maxCalls
    ? undefined
    : refuse('SESSION_MAX_CALLS_EXCEEDED', 'CALLS_LEFT', { callsUsed, maxCalls });

const adminSelector: Rule = ({ rules, calls }) => {
  const index = calls.findIndex((call) => ADMIN_SELECTORS.has(call.selector));
  if (index < 0 || rules.adminGuard === false) return undefined;
  return rules.adminGuard === undefined ? 'adminGuard' : refuseCall('ADMIN_SELECTOR', calls, index);
};

const selfCall: Rule = ({ rules, account, allowedEntrypoints, calls }) => {
  const index = calls.findIndex((call) => call.to === account);
  if (index < 0 || rules.selfCallGuard === 'NONE') return undefined;
  if (rules.selfCallGuard === undefined) return 'selfCallGuard';
  return rules.selfCallGuard === 'ALWAYS' || allowedEntrypoints.length === 0
    ? refuseCall('SELF_CALL', calls, index)
    : undefined;
};

const whitelist: Rule = ({ allowedEntrypoints, calls }) => {
  if (allowedEntrypoints.length === 0) return undefined;
  const index = calls.findIndex((call) => !allowedEntrypoints.includes(call.selector));
  return index < 0 ? undefined : refuseCall('WHITELIST', calls, index);
};

const refuseCall = (
  rule: 'ADMIN_SELECTOR' | 'SELF_CALL' | 'WHITELIST',
  calls: readonly Call[],
  index: number,
): Refusal => {
  const call = calls[index];
  const details = call === undefined ? {} : { to: call.to, selector: call.selector };
  return refuse('SESSION_ENTRYPOINT_NOT_ALLOWED', rule, details, index);
};

const STORED_RULES = [registered, sessionExpiry, callsLeft, adminSelector, selfCall, whitelist];

const ORDER: Record<ExecutionPath, readonly Rule[]> = {
  INVOKE: [signatureExpiry, ...STORED_RULES],
  OUTSIDE_EXECUTION: [signatureWithinSession, ...STORED_RULES, signatureExpiry],
};

const withText = (path: ExecutionPath, refusal: Refusal): Refusal => {
  if (path === 'INVOKE') return refusal;
  if (refusal.rule === 'SIGNATURE_WITHIN_SESSION') {
    return { ...refusal, panicText: PANIC_TEXTS.validUntilExceeded };
  }
  const ownExpiry = refusal.rule === 'SIGNATURE_EXPIRY';
  return {
    ...refusal,
    panicText: ownExpiry ? PANIC_TEXTS.invalidSignature : PANIC_TEXTS.unauthorizedSelector,
  };
};
