import { ownerSignatureForm, type OwnerSignatureForm } from '#libs/account';
import { PurserError } from '#libs/api';
import { type BlockPin, type ChainErrorCode, type ChainSource, isChainError } from '#libs/chain';
import { type Address, type ClassHash, encodeShortString, type Felt, selectorOf, toFelt } from '#libs/felt';
import { AccessError } from '../access.error.ts';

export interface SignatureQuestion {
  readonly source: ChainSource;
  readonly account: Address;
  readonly hash: Felt;
  readonly signature: readonly Felt[];
  readonly signal: AbortSignal;
}

export const MOST_SIGNATURE_FELTS = 32;

const IS_VALID_SIGNATURE = selectorOf('is_valid_signature');
const VALID: bigint = encodeShortString('VALID');
const OWNER_FELTS = 2;
const SESSION_FELTS = 4;

/** The contract said no: that is an answer. All else is none. */
const ANSWERED: ReadonlySet<ChainErrorCode> = new Set([
  'CONTRACT_ERROR',
  'ENTRYPOINT_NOT_FOUND',
  'CONTRACT_NOT_FOUND',
]);

/**
 * Whether the owner of the account signed the hash, as the account itself says at the newest block of the node.
 * @throws AccessError SESSION_SIGNATURE_REFUSED for four felts where there are session keys, SIGN_IN_REFUSED for everything that
 * the account does not vouch for, or nobody could; PurserError NODE_UNAVAILABLE (retryable) where no node answers.
 */
export const verifyAccountSignature = async (question: SignatureQuestion): Promise<void> => {
  try {
    const { source, account, signature, signal } = question;
    const { blockHash } = await source.head({ signal });
    const pin = { blockHash };
    const classHash = await source.classHashAt(account, pin, { signal });
    if (classHash === undefined) throw refused('NOT_DEPLOYED', 'There is no account at this address.');
    requireForm(await formOf(source, classHash, pin, signal), signature.length);
    if (!(await isValid(question, pin)))
      throw refused('NOT_VALID', 'The account does not take the signature.');
  } catch (error) {
    throw failureOf(error);
  }
};

const requireForm = (form: OwnerSignatureForm, felts: number): void => {
  if (form === 'NONE')
    throw refused('CLASS_UNREADABLE', 'What the class of the account takes for a signature cannot be told.');
  if (form === 'ANY' || felts === OWNER_FELTS) return;
  if (felts === SESSION_FELTS) {
    throw new AccessError(
      'SESSION_SIGNATURE_REFUSED',
      'Only the owner of the account signs in, with two felts: this is the signature of a session key.',
    );
  }
  throw refused('NOT_TWO_FELTS', 'The owner of this account signs with two felts.');
};

const isValid = async (
  { source, account, hash, signature, signal }: SignatureQuestion,
  pin: BlockPin,
): Promise<boolean> => {
  const calldata = [hash, toFelt(signature.length), ...signature];
  const [answer, ...more] = await source.call(account, IS_VALID_SIGNATURE, calldata, pin, { signal });
  return more.length === 0 && (answer === VALID || answer === 1n);
};

/** Classes never change. */
const FORMS = new Map<bigint, OwnerSignatureForm>();
const MOST_FORMS = 1_000;

const formOf = async (
  source: ChainSource,
  classHash: ClassHash,
  pin: BlockPin,
  signal: AbortSignal,
): Promise<OwnerSignatureForm> => {
  const known = FORMS.get(classHash);
  if (known !== undefined) return known;
  const form = ownerSignatureForm(await source.classAbi(classHash, pin, { signal }));
  if (FORMS.size >= MOST_FORMS) FORMS.clear();
  FORMS.set(classHash, form);
  return form;
};

const failureOf = (error: unknown): unknown => {
  if (!isChainError(error)) return error;
  if (ANSWERED.has(error.code))
    return refused('NOT_VALID', 'The account does not take the signature.', error);
  return new PurserError('NODE_UNAVAILABLE', 'The node did not give a usable answer.', {
    retryable: true,
    details: { reason: error.code },
    cause: error,
  });
};

const refused = (reason: string, message: string, cause?: unknown): AccessError =>
  new AccessError('SIGN_IN_REFUSED', message, { details: { reason }, ...(cause !== undefined && { cause }) });
