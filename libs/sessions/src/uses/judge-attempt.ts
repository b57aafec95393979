import {
  canSpend,
  checkOutsideExecution,
  checkSessionSignature,
  type Debit,
  debitCalls,
  isCountedCall,
  limitsSpending,
  outsideExecutionHash,
  PANIC_TEXTS,
  type Refusal,
  type SpendingPolicy,
  type WindowRule,
} from '#libs/account';
import type { Address, Felt, SessionKey } from '#libs/felt';
import type { ReplayedState } from './replayed-state.ts';
import type { Attempt, UseRefusal } from './use.ts';

/** Where and when an attempt met the account. */
export interface JudgeContext {
  readonly account: Address;
  readonly chainId: Felt;
  /** Time that `__execute__` saw. */
  readonly nowSeconds: bigint;
}

export type DebitVerdict =
  | {
      readonly kind: 'DEBITED';
      readonly debits: readonly Debit[];
      readonly policies: ReadonlyMap<Address, SpendingPolicy>;
    }
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal }
  | { readonly kind: 'UNKNOWN'; readonly reasons: readonly string[]; readonly tokens: readonly Address[] };

type Calls = NonNullable<Attempt['calls']>;

/** Every window rule there is: where all refuse alike, the refusal is certain whichever the class has. */
const WINDOW_RULES: readonly WindowRule[] = [
  { anchor: 'SETTING', resets: 'AT_END' },
  { anchor: 'FIRST_SPEND', resets: 'AFTER_END' },
];

/** What the policies of the key say to the calls. */
export const judgeDebits = (
  state: ReplayedState,
  key: SessionKey,
  calls: Calls | undefined,
  nowSeconds: bigint,
): DebitVerdict => {
  if (calls === undefined) return { kind: 'UNKNOWN', reasons: ['calls'], tokens: [] };
  const tokens = [...new Set(calls.filter(isCountedCall).map(({ to }) => to))];
  const unknown = tokens.filter((token) => state.policy(key, token) === 'UNKNOWN');
  if (unknown.length > 0) return { kind: 'UNKNOWN', reasons: ['policy'], tokens };
  const policyOf = (token: Address): SpendingPolicy => state.policy(key, token) as SpendingPolicy;
  const { windowRule } = state.rules;
  const question = { nowSeconds, calls, policyOf };
  if (windowRule) return debitCalls({ ...question, windowRule });
  const limited = tokens.filter((token) => limitsSpending(policyOf(token)));
  if (limited.length === 0) return { kind: 'DEBITED', debits: [], policies: new Map() };
  return agreedRefusal(question) ?? { kind: 'UNKNOWN', reasons: ['windowRule'], tokens: limited };
};

const agreedRefusal = (question: Omit<Parameters<typeof debitCalls>[0], 'windowRule'>) => {
  const results = WINDOW_RULES.map((windowRule) => debitCalls({ ...question, windowRule }));
  const refusals = results.flatMap((result) => (result.kind === 'REFUSED' ? [result.refusal] : []));
  const [first] = refusals;
  const agree = refusals.every(
    ({ rule, callIndex }) => rule === first?.rule && callIndex === first.callIndex,
  );
  return first && agree && refusals.length === results.length
    ? { kind: 'REFUSED' as const, refusal: first }
    : undefined;
};

/** Whether the account would have let an outside execution through, its signature aside. */
export const judgeOutside = (
  state: ReplayedState,
  attempt: Attempt,
  context: JudgeContext,
): UseRefusal | undefined => {
  const { outside } = attempt;
  if (!outside) return { kind: 'UNKNOWN', reasons: ['calls'] };
  const caller = attempt.caller ?? outside.caller;
  const nonceUsed = state.usedNonces.has(outside.nonce);
  const refused = checkOutsideExecution({
    outsideExecution: outside,
    caller,
    nowSeconds: context.nowSeconds,
    nonceUsed,
  });
  return refused
    ? { kind: 'REFUSED', refusal: refused, confirmed: false }
    : judgeSession(state, attempt, context);
};

const judgeSession = (
  state: ReplayedState,
  { path, sessionKey, signatureValidUntilSeconds, calls = [] }: Attempt,
  { account, nowSeconds }: JudgeContext,
): UseRefusal | undefined => {
  const { data, allowedEntrypoints } = state.session(sessionKey);
  const verdict = canSpend({
    rules: state.rules,
    path,
    account,
    session: data,
    allowedEntrypoints,
    // Debits are looked at after the signature.
    policyOf: () => undefined,
    signatureValidUntilSeconds,
    nowSeconds,
    calls,
  });
  if (verdict.kind === 'ALLOWED') return undefined;
  return verdict.kind === 'REFUSED' ? { ...verdict, confirmed: false } : verdict;
};

/**
 * Why an attempt came to nothing, by the rules on the state before it; undefined where no rule of the account refuses.
 * What the chain says only confirms: one text has many causes. The exception is a nonce used in an earlier block, which
 * no state here tells of: its text has no other cause.
 */
export const explainDenial = (
  state: ReplayedState,
  attempt: Attempt,
  context: JudgeContext,
  texts: string,
): UseRefusal | undefined => {
  const refusal =
    attempt.path === 'INVOKE'
      ? debitRefusal(state, attempt, context)
      : outsideRefusal(state, attempt, context, texts);
  return refusal?.kind === 'REFUSED' ? { ...refusal, confirmed: isSaid(refusal.refusal, texts) } : refusal;
};

const isSaid = ({ panicText }: Refusal, texts: string): boolean =>
  panicText !== undefined && texts.includes(panicText);

const outsideRefusal = (
  state: ReplayedState,
  attempt: Attempt,
  context: JudgeContext,
  texts: string,
): UseRefusal | undefined => {
  const first = judgeOutside(state, attempt, context);
  const isBeforeNonce = first?.kind === 'REFUSED' && BEFORE_NONCE.has(first.refusal.rule);
  if (!isBeforeNonce && attempt.outside && texts.includes(PANIC_TEXTS.duplicatedNonce)) {
    return usedNonce(attempt.outside.nonce);
  }
  if (first?.kind === 'REFUSED') return first;
  return signatureRefusal(attempt, context) ?? debitRefusal(state, attempt, context) ?? first;
};

const BEFORE_NONCE: ReadonlySet<string> = new Set(['CALLER', 'EXECUTE_AFTER', 'EXECUTE_BEFORE']);

const usedNonce = (nonce: bigint): UseRefusal => ({
  kind: 'REFUSED',
  refusal: {
    code: 'OUTSIDE_EXECUTION_NONCE_USED',
    rule: 'NONCE',
    panicText: PANIC_TEXTS.duplicatedNonce,
    details: { nonce },
  },
  confirmed: true,
});

const signatureRefusal = (attempt: Attempt, { account, chainId }: JudgeContext): UseRefusal | undefined => {
  const { path, outside, sessionKey, signature } = attempt;
  if (!outside) return undefined;
  const messageHash = outsideExecutionHash({ account, chainId, outsideExecution: outside });
  const refusal = checkSessionSignature({ path, messageHash, sessionKey, signature });
  return refusal && { kind: 'REFUSED', refusal, confirmed: false };
};

const debitRefusal = (
  state: ReplayedState,
  { sessionKey, calls }: Attempt,
  { nowSeconds }: JudgeContext,
): UseRefusal | undefined => {
  const verdict = judgeDebits(state, sessionKey, calls, nowSeconds);
  if (verdict.kind === 'DEBITED') return undefined;
  return verdict.kind === 'REFUSED'
    ? { ...verdict, confirmed: false }
    : { kind: 'UNKNOWN', reasons: verdict.reasons };
};
