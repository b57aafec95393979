import { encodeShortString, U64_MAX } from '#libs/felt';
import type { ContractContext, EntryPoint } from '../../execution/native-contract.ts';
import { assertOrPanic } from '../../execution/panic.ts';
import { type MemberReader, serializeResults } from '../calldata-reader.ts';
import { entryPoint } from '../entry-points.ts';
import type { FamilyRules } from '../family-rules.ts';
import { consumeCall, debitCalls, runCalls } from './execution.ts';
import {
  asSessionSignature,
  isOwnerSignature,
  isSignedBySession,
  outsideHash,
  type OutsideExecutionData,
  sessionAllows,
  type SessionSignature,
} from './signatures.ts';
import { outsideNonceSlot, readSession } from './storage.ts';

const ANY_CALLER = encodeShortString('ANY_CALLER');

/** SNIP-9 version 2: the account runs calls that somebody else sends. */
export const outsideEntryPoints = (rules: FamilyRules): Record<string, EntryPoint> => ({
  execute_from_outside_v2: entryPoint(
    (reader) => ({ outside: reader.struct(readOutside), signature: reader.felts() }),
    (context, { outside, signature }) => {
      assertInTime(context, outside);
      const nonceSlot = outsideNonceSlot(outside.nonce);
      assertOrPanic(context.read(nonceSlot) === 0n, 'SRC9: duplicated nonce');
      context.write(nonceSlot, 1n);
      const hash = outsideHash(context, outside);
      const session = asSessionSignature(signature);
      if (session) useSession(context, rules, hash, outside, session);
      else assertOrPanic(isOwnerSignature(context, hash, signature), 'SRC9: invalid signature');
      return serializeResults(runCalls(context, rules, outside.calls));
    },
  ),
  is_valid_outside_execution_nonce: entryPoint(
    (reader) => reader.felt(),
    (context, nonce) => [context.read(outsideNonceSlot(nonce)) === 0n ? 1n : 0n],
  ),
});

const readOutside = (members: MemberReader): OutsideExecutionData | undefined => {
  const caller = members.address();
  const nonce = members.felt();
  const executeAfter = members.u64();
  const executeBefore = members.u64();
  const calls = members.calls();
  if (caller === undefined || nonce === undefined || !calls) return undefined;
  if (executeAfter === undefined || executeBefore === undefined) return undefined;
  return { caller, nonce, executeAfter, executeBefore, calls };
};

const assertInTime = (context: ContractContext, outside: OutsideExecutionData): void => {
  const anyone = outside.caller === ANY_CALLER || outside.caller === 0n;
  assertOrPanic(anyone || outside.caller === context.callerAddress, 'SRC9: invalid caller');
  const now = context.block.timestampSeconds;
  assertOrPanic(outside.executeAfter < now, 'SRC9: now <= execute_after');
  assertOrPanic(now < outside.executeBefore, 'SRC9: now >= execute_before');
};

/** The signature's own expiry comes last here, and each refusal has a text. */
const useSession = (
  context: ContractContext,
  rules: FamilyRules,
  hash: bigint,
  outside: OutsideExecutionData,
  signature: SessionSignature,
): void => {
  const { sessionKey, validUntil } = signature;
  const stored = readSession(context, sessionKey);
  assertOrPanic(validUntil <= U64_MAX && validUntil <= stored.validUntil, 'Session: valid_until exceeded');
  assertOrPanic(sessionAllows(context, rules, sessionKey, outside.calls), 'Session: unauthorized selector');
  assertOrPanic(context.block.timestampSeconds <= validUntil, 'SRC9: invalid signature');
  assertOrPanic(isSignedBySession(hash, signature), 'SRC9: invalid signature');
  consumeCall(context, sessionKey);
  debitCalls(context, rules, sessionKey, outside.calls);
};
