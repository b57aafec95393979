import { outsideExecutionHash, sessionMessageHash, verifyEcdsa, type Call } from '#libs/account';
import { type Address, encodeShortString, type Felt, U64_MAX } from '#libs/felt';
import type { ContractContext } from '../../execution/native-contract.ts';
import type { CallData } from '../calldata-reader.ts';
import { type FamilyRules } from '../family-rules.ts';
import { isAdminSelector } from './guards.ts';
import {
  publicKeySlot,
  readEntrypoint,
  readSession,
  signatureModeSlot,
  type StoredSession,
} from './storage.ts';

export const VALID: bigint = encodeShortString('VALID');
const INVALID = 0n;

export const validOrZero = (valid: boolean): bigint => (valid ? VALID : INVALID);

/** A session's signature: `[session_key, r, s, valid_until]`. */
export interface SessionSignature {
  readonly sessionKey: bigint;
  readonly r: bigint;
  readonly s: bigint;
  readonly validUntil: bigint;
}

export const asSessionSignature = (felts: readonly bigint[]): SessionSignature | undefined => {
  const [sessionKey, r, s, validUntil] = felts;
  return felts.length === 4 &&
    sessionKey !== undefined &&
    r !== undefined &&
    s !== undefined &&
    validUntil !== undefined
    ? { sessionKey, r, s, validUntil }
    : undefined;
};

export const isOwnerSignature = (
  context: ContractContext,
  hash: bigint,
  signature: readonly bigint[],
): boolean => {
  const [r, s] = signature;
  if (signature.length !== 2 || r === undefined || s === undefined) return false;
  return verifyEcdsa(hash, context.read(publicKeySlot()), r, s);
};

export const isSignedBySession = (hash: bigint, { sessionKey, r, s }: SessionSignature): boolean =>
  verifyEcdsa(hash, sessionKey, r, s);

export const isLive = (context: ContractContext, session: StoredSession): boolean =>
  session.validUntil !== 0n &&
  context.block.timestampSeconds <= session.validUntil &&
  session.callsUsed < session.maxCalls;

/** Rules 2 to 7 of the README's list, in its order: registered, not expired, calls left, admin, self-call, list. */
export const sessionAllows = (
  context: ContractContext,
  rules: FamilyRules,
  sessionKey: bigint,
  calls: readonly CallData[],
): boolean => {
  const session = readSession(context, sessionKey);
  if (!isLive(context, session)) return false;
  if (calls.some((call) => isAdminSelector(call.selector))) return false;
  const listIsEmpty = session.entrypointsLength === 0n;
  const refusesSelfCall = rules.refusesSelfCall === 'ALWAYS' || listIsEmpty;
  if (refusesSelfCall && calls.some((call) => call.to === context.address)) return false;
  return listIsEmpty || calls.every((call) => isListed(context, sessionKey, session, call.selector));
};

const isListed = (
  context: ContractContext,
  key: bigint,
  session: StoredSession,
  selector: bigint,
): boolean => {
  for (let index = 0; BigInt(index) < session.entrypointsLength; index += 1) {
    if (readEntrypoint(context, key, index) === selector) return true;
  }
  return false;
};

/** The INVOKE path. The signature's own expiry comes first; nothing panics. */
export const isSessionInvokeValid = (
  context: ContractContext,
  rules: FamilyRules,
  calls: readonly CallData[],
  signature: SessionSignature,
): boolean => {
  if (signature.validUntil > U64_MAX || context.block.timestampSeconds > signature.validUntil) return false;
  if (!sessionAllows(context, rules, signature.sessionKey, calls)) return false;
  const hash = sessionHash(context, calls, context.transaction.nonce, signature.validUntil);
  return isSignedBySession(hash, signature);
};

/** `is_valid_signature` of a session: any hash, no list, no budget, no count. */
export const isSessionSignatureValid = (
  context: ContractContext,
  hash: bigint,
  signature: SessionSignature,
): boolean =>
  signature.validUntil <= U64_MAX &&
  isLive(context, readSession(context, signature.sessionKey)) &&
  context.block.timestampSeconds <= signature.validUntil &&
  isSignedBySession(hash, signature);

/** What a session key signs, in the mode in force. */
export const sessionHash = (
  context: ContractContext,
  calls: readonly CallData[],
  nonce: bigint,
  validUntilSeconds: bigint,
): bigint =>
  sessionMessageHash(context.read(signatureModeSlot()) === 2n ? 'V2' : 'V1', {
    account: context.address as Address,
    chainId: context.transaction.chainId as Felt,
    nonce,
    validUntilSeconds,
    calls: calls as readonly Call[],
  });

export interface OutsideExecutionData {
  readonly caller: bigint;
  readonly nonce: bigint;
  readonly executeAfter: bigint;
  readonly executeBefore: bigint;
  readonly calls: readonly CallData[];
}

export const outsideHash = (context: ContractContext, outside: OutsideExecutionData): bigint =>
  outsideExecutionHash({
    account: context.address as Address,
    chainId: context.transaction.chainId as Felt,
    outsideExecution: {
      caller: outside.caller as Felt,
      nonce: outside.nonce as Felt,
      executeAfterSeconds: outside.executeAfter,
      executeBeforeSeconds: outside.executeBefore,
      calls: outside.calls as readonly Call[],
    },
  });
