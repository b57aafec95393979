import { AccountError } from '../account.error.ts';
import { parseAbi } from './abi.ts';

/**
 * Which signatures of a class can be taken for its owner's, by what its ABI says.
 * - TWO_FELTS: it has session keys, or something like them. There a live key's four felts pass `is_valid_signature` for any
 *   hash, so only the owner's two are a proof of anything.
 * - ANY: it has no session keys and checks signatures in its own way: guardians, several owners.
 * - NONE: nothing can be said of it: no ABI, one that cannot be read, or a proxy that answers for a class unseen.
 */
export type OwnerSignatureForm = 'TWO_FELTS' | 'ANY' | 'NONE';

const SESSION_NAME = /session/i;

/** Names say enough here: too many classes called sessions cost a guardian his sign-in, one too few an account. */
export const ownerSignatureForm = (abi: unknown): OwnerSignatureForm => {
  const names = functionNames(abi);
  if (names === undefined || names.includes('__default__')) return 'NONE';
  if (names.some((name) => SESSION_NAME.test(name))) return 'TWO_FELTS';
  return names.some((name) => name === 'is_valid_signature' || name === 'isValidSignature') ? 'ANY' : 'NONE';
};

const functionNames = (abi: unknown): readonly string[] | undefined => {
  try {
    return [...parseAbi(abi).functions.keys()];
  } catch (error) {
    if (error instanceof AccountError) return undefined;
    throw error;
  }
};
