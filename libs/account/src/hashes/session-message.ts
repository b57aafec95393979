import type { Address, Felt } from '#libs/felt';
import { encodeShortString, poseidonHash } from '#libs/felt';
import type { Call } from '../account.types.ts';
import { AccountError } from '../account.error.ts';

/** What a session key signs on the INVOKE path. Fees and resource bounds are not in it. */
export interface SessionMessage {
  readonly account: Address;
  /** The short string of the network, as a felt: SN_MAIN, SN_SEPOLIA. */
  readonly chainId: Felt;
  /** The nonce of the transaction. */
  readonly nonce: bigint;
  /** The expiry in the signature, unix seconds. May be earlier than the stored one. */
  readonly validUntilSeconds: bigint;
  readonly calls: readonly Call[];
}

/** `StarknetDomain` of SNIP-12 revision 1: name, version, chainId, revision. */
const DOMAIN_TYPE_HASH = 0x1ff2f602e42168014d405a94f75e8a93d640751d71d16311266e140d8b0a210n;
const MESSAGE_PREFIX = encodeShortString('StarkNet Message');
const SESSION_DOMAIN_NAME = encodeShortString('Session.transaction');

/**
 * SNIP-12 revision 1: the hash of a struct bound to a domain and an account. Version and revision go in as
 * integers, not as short strings.
 */
export const snip12MessageHash = (input: {
  readonly domainName: Felt;
  readonly domainVersion: bigint;
  readonly chainId: Felt;
  readonly account: Address;
  readonly structHash: Felt;
}): Felt => {
  const { domainName, domainVersion, chainId, account, structHash } = input;
  const domainHash = poseidonHash([DOMAIN_TYPE_HASH, domainName, domainVersion, chainId, 1n]);
  return poseidonHash([MESSAGE_PREFIX, domainHash, account, structHash]);
};

/**
 * Session signature of mode 1: poseidon(account, chain id, nonce, valid_until, then for each call: to, selector,
 * calldata length, ...calldata). The number of calls is not in it.
 */
export const sessionMessageHashV1 = (message: SessionMessage): Felt =>
  poseidonHash([
    message.account,
    message.chainId,
    message.nonce,
    message.validUntilSeconds,
    ...message.calls.flatMap((call) => [
      call.to,
      call.selector,
      BigInt(call.calldata.length),
      ...call.calldata,
    ]),
  ]);

/** Session signature of mode 2: the mode 1 value under the SNIP-12 domain `Session.transaction`, version 2. */
export const sessionMessageHashV2 = (message: SessionMessage): Felt =>
  snip12MessageHash({
    domainName: SESSION_DOMAIN_NAME,
    domainVersion: 2n,
    chainId: message.chainId,
    account: message.account,
    structHash: sessionMessageHashV1(message),
  });

/** Which session message an account asks for. */
export type SessionSignatureMode = 'V1' | 'V2';

/**
 * The answer of `get_session_signature_mode`, or its slot: 0 (never set) and 1 are V1, 2 is V2.
 * @throws AccountError INVALID_SIGNATURE_MODE for any other value.
 */
export const signatureModeFromFelt = (stored: bigint): SessionSignatureMode => {
  if (stored === 0n || stored === 1n) return 'V1';
  if (stored === 2n) return 'V2';
  throw new AccountError('INVALID_SIGNATURE_MODE', `no session signature mode ${stored}`);
};

/** The session message of the mode in force. */
export const sessionMessageHash = (mode: SessionSignatureMode, message: SessionMessage): Felt =>
  mode === 'V1' ? sessionMessageHashV1(message) : sessionMessageHashV2(message);
