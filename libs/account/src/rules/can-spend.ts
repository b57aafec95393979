import { U64_MAX } from '#libs/felt';
import type { Address, Felt } from '#libs/felt';
import type { Call, ExecutionPath } from '../account.types.ts';
import type { SessionData } from '../slots/session-data.ts';
import type { SpendingPolicy } from '../slots/spending-policy.ts';
import type { Refusal } from './refusal.ts';
import { judgeSession } from './session-rules.ts';
import type { SessionRules, UnverifiedRule } from './session-rules.ts';
import { debitCalls, isCountedCall, limitsSpending } from './spending-rules.ts';
import type { Debit } from './spending-rules.ts';
import type { WindowRule } from './window.ts';

/** What stands between a question and a certain answer. */
export type UnknownReason = UnverifiedRule | 'windowRule' | 'allowedEntrypoints' | 'policy';

/** Allowed with what would be debited, refused with the first rule that does, or unknown with every reason. */
export type SpendVerdict =
  | { readonly kind: 'ALLOWED'; readonly debits: readonly Debit[] }
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal }
  | { readonly kind: 'UNKNOWN'; readonly reasons: readonly UnknownReason[] };

/** The state before the transaction, the rules of the class at that block, and the calls asked about. */
export interface SpendQuestion {
  /** Of the class at the block asked for; `undefined` members are unverified. */
  readonly rules: SessionRules & { readonly windowRule: WindowRule | undefined };
  readonly path: ExecutionPath;
  readonly account: Address;
  readonly session: SessionData;
  /** The whitelist, or UNKNOWN where it was never read. Not asked for when the stored length is 0. */
  readonly allowedEntrypoints: readonly Felt[] | 'UNKNOWN';
  /** The stored policy, nothing where there is none, UNKNOWN where it was never read. */
  readonly policyOf: (token: Address) => SpendingPolicy | 'UNKNOWN' | undefined;
  /** Left out: the signature carries the stored expiry, as the client signs by default. */
  readonly signatureValidUntilSeconds?: bigint;
  /** Block time: for debits, and for the expiries unless the next member says otherwise. */
  readonly nowSeconds: bigint;
  /**
   * The time the expiries are judged by. Left out: `nowSeconds`, so that a key counts as expired the second after
   * its expiry. Pass `sessionTimeSeconds(path, nowSeconds)` for what the chain itself would still let through.
   */
  readonly expiryTimeSeconds?: bigint;
  readonly calls: readonly Call[];
}

/**
 * Whether the account would let a session make these calls in one transaction: session rules, then debits, in
 * contract order. Three answers: a rule or a value nobody has shown gives UNKNOWN, never a guess. Says nothing of
 * the signature, of gas, or of whether the inner calls succeed.
 */
export const canSpend = (question: SpendQuestion): SpendVerdict => {
  const session = judgeQuestion(question);
  if (session.kind === 'REFUSED') return session;
  const spending = judgeDebits(question);
  if (spending.kind === 'REFUSED' || session.kind === 'ALLOWED') return spending;
  const spendingReasons = spending.kind === 'UNKNOWN' ? spending.reasons : [];
  return { kind: 'UNKNOWN', reasons: [...session.reasons, ...spendingReasons] };
};

const judgeQuestion = (question: SpendQuestion): SpendVerdict => {
  const { session, allowedEntrypoints: list } = question;
  const isListUnknown = list === 'UNKNOWN' && session.allowedEntrypointsLen > 0n;
  const allowedEntrypoints = list === 'UNKNOWN' ? [] : list;
  const verdict = judgeSession({
    ...question,
    nowSeconds: question.expiryTimeSeconds ?? question.nowSeconds,
    // Not empty, so neither rule on empty lists may apply; the whitelist itself is answered below.
    ...(isListUnknown ? withUnknownList(question) : { allowedEntrypoints }),
    signatureValidUntilSeconds: question.signatureValidUntilSeconds ?? signedForStoredExpiry(question),
  });
  if (verdict.kind === 'REFUSED') return verdict;
  const unverified = verdict.kind === 'UNKNOWN' ? verdict.unverified : [];
  const reasons: UnknownReason[] = isListUnknown ? [...unverified, 'allowedEntrypoints'] : [...unverified];
  return reasons.length > 0 ? { kind: 'UNKNOWN', reasons } : { kind: 'ALLOWED', debits: [] };
};

// Signing for the stored expiry adds no rule of its own: only the stored one can refuse, and be named.
const signedForStoredExpiry = ({ path, session }: SpendQuestion): bigint =>
  path === 'INVOKE' ? U64_MAX : session.validUntilSeconds;

// A whitelist that allows everything asked for: only the rules before and after it then decide.
const withUnknownList = ({ calls }: SpendQuestion) => ({
  allowedEntrypoints: calls.length > 0 ? calls.map((call) => call.selector) : [0n as Felt],
});

const judgeDebits = (question: SpendQuestion): SpendVerdict => {
  const { rules, calls, nowSeconds } = question;
  const stored = new Map(calls.filter(isCountedCall).map((call) => [call.to, question.policyOf(call.to)]));
  const reasons = new Set<UnknownReason>();
  for (const policy of stored.values()) {
    if (policy === 'UNKNOWN') reasons.add('policy');
    else if (limitsSpending(policy) && rules.windowRule === undefined) reasons.add('windowRule');
  }
  if (reasons.size > 0) return { kind: 'UNKNOWN', reasons: [...reasons] };
  const policyOf = (token: Address) => {
    const policy = stored.get(token);
    return policy === 'UNKNOWN' ? undefined : policy;
  };
  // Without a rule no policy limits anything here, so the rule given is never looked at.
  const windowRule = rules.windowRule ?? { anchor: 'SETTING', resets: 'AT_END' };
  const result = debitCalls({ windowRule, nowSeconds, calls, policyOf });
  return result.kind === 'REFUSED' ? result : { kind: 'ALLOWED', debits: result.debits };
};
