import type { ExecutionPath } from '../account.types.ts';
import { U64_MAX } from '#libs/felt';
import { verifyEcdsa } from '../signatures/ecdsa.ts';
import type { EcdsaSignature } from '../signatures/ecdsa.ts';
import type { SessionData } from '../slots/session-data.ts';
import { PANIC_TEXTS } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { isSessionActive } from './session-state.ts';

/** The last check of a session: its ECDSA signature over the hash of the path. A few milliseconds. */
export const checkSessionSignature = (input: {
  readonly path: ExecutionPath;
  /** `sessionMessageHash` on the INVOKE path, `outsideExecutionHash` on the other. */
  readonly messageHash: bigint;
  readonly sessionKey: bigint;
  readonly signature: EcdsaSignature;
}): Refusal | undefined => {
  const { path, messageHash, sessionKey, signature } = input;
  if (verifyEcdsa(messageHash, sessionKey, signature.r, signature.s)) return undefined;
  const refusal: Refusal = {
    code: 'INVALID_SIGNATURE',
    rule: 'SIGNATURE',
    details: { messageHash, sessionKey },
  };
  return path === 'INVOKE' ? refusal : { ...refusal, panicText: PANIC_TEXTS.invalidSignature };
};

/**
 * `is_valid_signature` for four felts: any live session key vouches for ANY hash. No whitelist, no budget, and
 * nothing is counted.
 */
export const isValidSessionSignature = (input: {
  readonly hash: bigint;
  readonly sessionKey: bigint;
  readonly signature: EcdsaSignature;
  readonly signatureValidUntilSeconds: bigint;
  readonly session: SessionData;
  readonly nowSeconds: bigint;
}): boolean => {
  const { hash, sessionKey, signature, signatureValidUntilSeconds, session, nowSeconds } = input;
  return (
    signatureValidUntilSeconds <= U64_MAX &&
    nowSeconds <= signatureValidUntilSeconds &&
    isSessionActive(session, nowSeconds) &&
    verifyEcdsa(hash, sessionKey, signature.r, signature.s)
  );
};
