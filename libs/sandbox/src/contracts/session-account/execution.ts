import { type Call, debitCalls, sessionAsUsed } from '#libs/account';
import { selectorOf } from '#libs/felt';
import type { ContractContext } from '../../execution/native-contract.ts';
import type { CallData } from '../calldata-reader.ts';
import type { FamilyRules } from '../family-rules.ts';
import { panicIfRefused } from './guards.ts';
import { readPolicy, readSession, writePolicy, writeSession } from './storage.ts';

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
  writeSession(context, sessionKey, sessionAsUsed(readSession(context, sessionKey)));
};

/** All counted calls in order, before the first inner call runs. @throws Panic where a policy refuses. */
export const debitPolicies = (
  context: ContractContext,
  { windowRule }: FamilyRules,
  sessionKey: bigint,
  calls: readonly CallData[],
): void => {
  const outcome = debitCalls({
    windowRule,
    nowSeconds: context.block.timestampSeconds,
    calls: calls as readonly Call[],
    policyOf: (token) => readPolicy(context, sessionKey, token),
  });
  if (outcome.kind === 'REFUSED') {
    panicIfRefused(outcome.refusal);
    return;
  }
  for (const [token, policy] of outcome.policies) writePolicy(context, sessionKey, token, policy);
};
