import type { Felt } from '#libs/felt';
import { toFelt } from '#libs/felt';
import type { EcdsaSignature } from './ecdsa.ts';

/** A signature told apart by its length alone, as the account does. */
export type AccountSignature =
  | { readonly kind: 'OWNER'; readonly r: Felt; readonly s: Felt }
  | {
      readonly kind: 'SESSION';
      /** Not branded: the account looks up whatever stands there, 0 included. */
      readonly sessionKey: Felt;
      readonly r: Felt;
      readonly s: Felt;
      /** Any felt. Beyond u64 the account refuses it. */
      readonly validUntilSeconds: Felt;
    }
  | { readonly kind: 'UNKNOWN'; readonly length: number };

/** 2 felts: the owner's `[r, s]`. 4 felts: a session's `[session_key, r, s, valid_until]`. Never throws. */
export const readAccountSignature = (signature: readonly Felt[]): AccountSignature => {
  const [first, second, third, fourth] = signature;
  if (signature.length === 2 && first !== undefined && second !== undefined) {
    return { kind: 'OWNER', r: first, s: second };
  }
  if (
    signature.length === 4 &&
    first !== undefined &&
    second !== undefined &&
    third !== undefined &&
    fourth !== undefined
  ) {
    return { kind: 'SESSION', sessionKey: first, r: second, s: third, validUntilSeconds: fourth };
  }
  return { kind: 'UNKNOWN', length: signature.length };
};

/** The four felts of a session's signature, in the order of the account. */
export const sessionSignature = (
  sessionKey: bigint,
  { r, s }: EcdsaSignature,
  validUntilSeconds: bigint,
): [Felt, Felt, Felt, Felt] => [toFelt(sessionKey), r, s, toFelt(validUntilSeconds)];
