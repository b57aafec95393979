import type { Address, Felt } from '#libs/felt';
import { joinU256, U128_MAX, U256_MAX } from '#libs/felt';
import type { Call } from '../account.types.ts';
import { COUNTED_SELECTORS } from '../calldata/known-selectors.ts';
import type { SpendingPolicy } from '../slots/spending-policy.ts';
import { PANIC_TEXTS } from './refusal.ts';
import type { Refusal, RefusalCode, RefusalRule } from './refusal.ts';
import { windowEndOverflows, windowIsOver } from './window.ts';
import type { WindowRule } from './window.ts';

/** One counted call against one policy. Budget consumed, not tokens moved: the inner call may still fail. */
export interface Debit {
  readonly callIndex: number;
  readonly token: Address;
  readonly selector: Felt;
  /** Base units. 0 is a debit too: it can start a window. */
  readonly amount: bigint;
  readonly spentBefore: bigint;
  readonly spentAfter: bigint;
  readonly windowStartSeconds: bigint;
  /** True where this call started a new window. */
  readonly windowStarted: boolean;
}

/** What the debits of one transaction come to: all of them, or the first refusal and nothing. */
export type DebitResult =
  | {
      readonly kind: 'DEBITED';
      /** The policies as stored after all calls, by token: only those debited. */
      readonly policies: ReadonlyMap<Address, SpendingPolicy>;
      readonly debits: readonly Debit[];
    }
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal };

/** True where the account counts the call if its target has a policy: transfer, approve, increase_allowance(s). */
export const isCountedCall = (call: Pick<Call, 'selector'>): boolean => COUNTED_SELECTORS.has(call.selector);

/** True where a stored policy limits anything. max_per_window 0 is no policy: UNLIMITED. */
export const limitsSpending = (policy: SpendingPolicy | undefined): policy is SpendingPolicy =>
  policy !== undefined && policy.maxPerWindow !== 0n;

/**
 * Debits every counted call in order, before the first inner call runs, as the account does (SNIP-163 spending
 * rules): calls on one token share its window, one after the other. The first refusal undoes all: a reverted
 * transaction debits nothing.
 * @param input policyOf: the policy stored before the transaction, or nothing.
 */
export const debitCalls = (input: {
  readonly windowRule: WindowRule;
  readonly nowSeconds: bigint;
  readonly calls: readonly Call[];
  readonly policyOf: (token: Address) => SpendingPolicy | undefined;
}): DebitResult => {
  const policies = new Map<Address, SpendingPolicy>();
  const debits: Debit[] = [];
  for (const [callIndex, call] of input.calls.entries()) {
    const policy = policies.get(call.to) ?? (isCountedCall(call) ? input.policyOf(call.to) : undefined);
    if (!isCountedCall(call) || !limitsSpending(policy)) continue;
    const outcome = debitCall(policy, call, callIndex, input.windowRule, input.nowSeconds);
    if ('refusal' in outcome) return { kind: 'REFUSED', refusal: outcome.refusal };
    policies.set(call.to, outcome.policy);
    debits.push(outcome.debit);
  }
  return { kind: 'DEBITED', policies, debits };
};

type CallOutcome = { readonly policy: SpendingPolicy; readonly debit: Debit } | { readonly refusal: Refusal };

const debitCall = (
  policy: SpendingPolicy,
  call: Call,
  callIndex: number,
  rule: WindowRule,
  nowSeconds: bigint,
): CallOutcome => {
  const refused = (refusal: Refusal): CallOutcome => ({ refusal: { ...refusal, callIndex } });
  const amount = countedAmount(call);
  if (typeof amount !== 'bigint') return refused(amount);
  if (amount > policy.maxPerCall) return refused(beyondPerCall(policy, amount));
  if (windowEndOverflows(policy)) return refused(windowOverflow(policy));
  const windowStarted = windowIsOver(policy, rule, nowSeconds);
  const spentBefore = windowStarted ? 0n : policy.spentInWindow;
  const windowStartSeconds = windowStarted ? nowSeconds : policy.windowStartSeconds;
  const spentAfter = spentBefore + amount;
  if (spentAfter > U256_MAX) return refused(spentOverflow(spentBefore, amount));
  if (spentAfter > policy.maxPerWindow) return refused(beyondWindow(policy, amount, spentBefore));
  return {
    policy: { ...policy, spentInWindow: spentAfter, windowStartSeconds },
    debit: {
      callIndex,
      token: call.to,
      selector: call.selector,
      amount,
      spentBefore,
      spentAfter,
      windowStartSeconds,
      windowStarted,
    },
  };
};

/**
 * The amount a counted call is debited for: the u256 at calldata[1..2], low half first. Felts after it are not
 * looked at. Gives the refusal where the account panics: fewer than 3 felts, or a half beyond u128.
 */
export const countedAmount = (call: Pick<Call, 'calldata'>): bigint | Refusal => {
  const [, low, high] = call.calldata;
  if (low === undefined || high === undefined) {
    const details = { calldataLength: BigInt(call.calldata.length) };
    return refusal('INVALID_CALL', 'CALLDATA_LENGTH', PANIC_TEXTS.calldataTooShort, details);
  }
  if (low > U128_MAX || high > U128_MAX) {
    return refusal('INVALID_CALL', 'AMOUNT_RANGE', PANIC_TEXTS.invalidAmount, { low, high });
  }
  return joinU256(low, high);
};

const refusal = (
  code: RefusalCode,
  rule: RefusalRule,
  panicText: string,
  details: Record<string, bigint>,
): Refusal => ({ code, rule, panicText, details });

const beyondPerCall = ({ maxPerCall }: SpendingPolicy, amount: bigint): Refusal =>
  refusal('SPENDING_PER_CALL_EXCEEDED', 'PER_CALL', PANIC_TEXTS.perCall, { amount, maxPerCall });

const windowOverflow = ({ windowStartSeconds, windowSeconds }: SpendingPolicy): Refusal =>
  refusal('SPENDING_OVERFLOW', 'WINDOW_END_OVERFLOW', PANIC_TEXTS.u64Overflow, {
    windowStartSeconds,
    windowSeconds,
  });

const spentOverflow = (spentBefore: bigint, amount: bigint): Refusal =>
  refusal('SPENDING_OVERFLOW', 'SPENT_OVERFLOW', PANIC_TEXTS.u256Overflow, {
    amount,
    effectiveSpent: spentBefore,
  });

const beyondWindow = (policy: SpendingPolicy, amount: bigint, spentBefore: bigint): Refusal =>
  refusal('SPENDING_WINDOW_EXCEEDED', 'WINDOW', PANIC_TEXTS.window, {
    amount,
    effectiveSpent: spentBefore,
    maxPerWindow: policy.maxPerWindow,
  });
