import { selectorOf, U128_MAX, U64_MAX } from '#libs/felt';
import type { ContractContext } from '../../execution/native-contract.ts';
import { assertOrPanic, panic } from '../../execution/panic.ts';
import type { CallData } from '../calldata-reader.ts';
import { addU256 } from '../erc20.ts';
import type { FamilyRules } from '../family-rules.ts';
import { isCountedSelector } from './guards.ts';
import { readPolicy, readSession, type StoredPolicy, writePolicy, writeSession } from './storage.ts';

const CALL_FAILED = selectorOf('CallFailed');

/** The inner calls, one after the other and not atomic: a failed one gives an empty result. */
export const runCalls = (
  context: ContractContext,
  rules: FamilyRules,
  calls: readonly CallData[],
): (readonly bigint[])[] =>
  calls.map((call, index) => {
    const outcome = context.call(call.to, call.selector, call.calldata);
    if (outcome.ok) return outcome.result;
    if (rules.emitsCallFailed) context.emit([CALL_FAILED, BigInt(index)], [call.to, call.selector]);
    return [];
  });

export const consumeCall = (context: ContractContext, sessionKey: bigint): void => {
  const session = readSession(context, sessionKey);
  writeSession(context, sessionKey, { ...session, callsUsed: session.callsUsed + 1n });
};

/** All counted calls in order, before the first inner call runs. @throws Panic where a policy refuses. */
export const debitCalls = (
  context: ContractContext,
  rules: FamilyRules,
  sessionKey: bigint,
  calls: readonly CallData[],
): void => {
  for (const call of calls) {
    if (!isCountedSelector(call.selector)) continue;
    const policy = readPolicy(context, sessionKey, call.to);
    if (policy.maxPerWindow === 0n) continue;
    writePolicy(context, sessionKey, call.to, debit(context, rules, policy, amountOf(call)));
  }
};

const amountOf = (call: CallData): bigint => {
  const [, low, high] = call.calldata;
  if (low === undefined || high === undefined) return panic('Spending: calldata too short');
  assertOrPanic(low <= U128_MAX && high <= U128_MAX, 'Spending: invalid amount');
  return low + (high << 128n);
};

const debit = (
  context: ContractContext,
  rules: FamilyRules,
  policy: StoredPolicy,
  amount: bigint,
): StoredPolicy => {
  assertOrPanic(amount <= policy.maxPerCall, 'Spending: exceeds per-call');
  const now = context.block.timestampSeconds;
  const { spentInWindow, windowStart } = windowEnded(rules, policy, now)
    ? { spentInWindow: 0n, windowStart: now }
    : policy;
  const spent = addU256(spentInWindow, amount);
  assertOrPanic(spent <= policy.maxPerWindow, 'Spending: exceeds window limit');
  return { ...policy, spentInWindow: spent, windowStart };
};

const windowEnded = (rules: FamilyRules, policy: StoredPolicy, now: bigint): boolean => {
  // A window that never opened does so now; its end is not computed, so nothing can overflow.
  if (rules.windowAnchor === 'FIRST_SPEND' && policy.windowStart === 0n) return true;
  const end = policy.windowStart + policy.windowSeconds;
  assertOrPanic(end <= U64_MAX, 'u64_add Overflow');
  return rules.windowResets === 'AT_END' ? now >= end : now > end;
};
