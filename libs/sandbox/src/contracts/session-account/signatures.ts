import {
  type Call,
  checkSessionRules,
  checkSessionSignature,
  type ExecutionPath,
  isValidSessionSignature,
  sessionMessageHash,
  verifyEcdsa,
} from '#libs/account';
import { type Address, encodeShortString, type Felt } from '#libs/felt';
import type { ContractContext } from '../../execution/native-contract.ts';
import type { CallData } from '../calldata-reader.ts';
import { type FamilyRules } from '../family-rules.ts';
import { publicKeySlot, readEntrypoints, readSession, signatureModeSlot } from './storage.ts';

const VALID: bigint = encodeShortString('VALID');
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

/** What the standard's rules look at, read from the storage of the account. */
export const sessionCheck = (
  context: ContractContext,
  rules: FamilyRules,
  path: ExecutionPath,
  calls: readonly CallData[],
  { sessionKey, validUntil }: SessionSignature,
): Parameters<typeof checkSessionRules>[0] => ({
  rules,
  path,
  account: context.address as Address,
  session: readSession(context, sessionKey),
  allowedEntrypoints: readEntrypoints(context, sessionKey),
  signatureValidUntilSeconds: validUntil,
  nowSeconds: context.block.timestampSeconds,
  calls: calls as readonly Call[],
});

/** The INVOKE path: nothing panics, whatever the reason. The block of `__validate__` is told to the hour only. */
export const isSessionInvokeValid = (
  context: ContractContext,
  rules: FamilyRules,
  calls: readonly CallData[],
  signature: SessionSignature,
): boolean => {
  if (checkSessionRules(sessionCheck(context, rules, 'INVOKE', calls, signature))) return false;
  const hash = sessionHash(context, calls, context.transaction.nonce, signature.validUntil);
  return checkSessionSignature({ path: 'INVOKE', messageHash: hash, ...asEcdsa(signature) }) === undefined;
};

/** `is_valid_signature` of a session: any hash, no list, no budget, no count. */
export const isSessionSignatureValid = (
  context: ContractContext,
  hash: bigint,
  signature: SessionSignature,
): boolean =>
  isValidSessionSignature({
    hash,
    ...asEcdsa(signature),
    signatureValidUntilSeconds: signature.validUntil,
    session: readSession(context, signature.sessionKey),
    nowSeconds: context.block.timestampSeconds,
  });

export const asEcdsa = ({ sessionKey, r, s }: SessionSignature) => ({
  sessionKey,
  signature: { r: r as Felt, s: s as Felt },
});

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
