import {
  type Call,
  checkOutsideExecution,
  checkSessionRules,
  checkSessionSignature,
  type OutsideExecution,
  outsideExecutionHash,
  PANIC_TEXTS,
} from '#libs/account';
import type { Address, Felt } from '#libs/felt';
import type { ContractContext, EntryPoint } from '../../execution/native-contract.ts';
import { assertOrPanic } from '../../execution/panic.ts';
import { type MemberReader, serializeResults } from '../calldata-reader.ts';
import { entryPoint } from '../entry-points.ts';
import type { FamilyRules } from '../family-rules.ts';
import { consumeCall, debitPolicies, runCalls } from './execution.ts';
import { panicIfRefused } from './guards.ts';
import {
  asEcdsa,
  asSessionSignature,
  isOwnerSignature,
  sessionCheck,
  type SessionSignature,
} from './signatures.ts';
import { outsideNonceSlot } from './storage.ts';

/** SNIP-9 version 2: the account runs calls that somebody else sends. */
export const outsideEntryPoints = (rules: FamilyRules): Record<string, EntryPoint> => ({
  execute_from_outside_v2: entryPoint(
    (reader) => ({ outside: reader.struct(readOutside), signature: reader.felts() }),
    (context, { outside, signature }) => {
      const nonceSlot = outsideNonceSlot(outside.nonce);
      panicIfRefused(
        checkOutsideExecution({
          outsideExecution: outside,
          caller: context.callerAddress,
          nowSeconds: context.block.timestampSeconds,
          nonceUsed: context.read(nonceSlot) !== 0n,
        }),
      );
      context.write(nonceSlot, 1n);
      const hash = hashOf(context, outside);
      const session = asSessionSignature(signature);
      if (session) useSession(context, rules, hash, outside, session);
      else assertOrPanic(isOwnerSignature(context, hash, signature), PANIC_TEXTS.invalidSignature);
      return serializeResults(runCalls(context, rules, outside.calls));
    },
  ),
  is_valid_outside_execution_nonce: entryPoint(
    (reader) => reader.felt(),
    (context, nonce) => [context.read(outsideNonceSlot(nonce)) === 0n ? 1n : 0n],
  ),
});

const readOutside = (members: MemberReader): OutsideExecution | undefined => {
  const caller = members.address();
  const nonce = members.felt();
  const executeAfterSeconds = members.u64();
  const executeBeforeSeconds = members.u64();
  const calls = members.calls() as readonly Call[] | undefined;
  if (caller === undefined || nonce === undefined || !calls) return undefined;
  if (executeAfterSeconds === undefined || executeBeforeSeconds === undefined) return undefined;
  return { caller: caller as Felt, nonce: nonce as Felt, executeAfterSeconds, executeBeforeSeconds, calls };
};

const hashOf = (context: ContractContext, outsideExecution: OutsideExecution): bigint =>
  outsideExecutionHash({
    account: context.address as Address,
    chainId: context.transaction.chainId as Felt,
    outsideExecution,
  });

/** Each refusal has a text here, and the signature's own expiry comes last. */
const useSession = (
  context: ContractContext,
  rules: FamilyRules,
  messageHash: bigint,
  { calls }: OutsideExecution,
  signature: SessionSignature,
): void => {
  const path = 'OUTSIDE_EXECUTION';
  panicIfRefused(checkSessionRules(sessionCheck(context, rules, path, calls, signature)));
  panicIfRefused(checkSessionSignature({ path, messageHash, ...asEcdsa(signature) }));
  consumeCall(context, signature.sessionKey);
  debitPolicies(context, rules, signature.sessionKey, calls);
};
