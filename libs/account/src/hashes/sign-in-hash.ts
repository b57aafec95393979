import type { Address, Felt } from '#libs/felt';
import { encodeShortString, feltToHex, poseidonHash, snKeccak, toFelt } from '#libs/felt';
import { snip12MessageHash } from './session-message.ts';

/** What an account signs to say that it is there, to one service, once and for some minutes. */
export interface SignInMessage {
  /** The origin of the service, such as `https://purser.example`. */
  readonly service: string;
  readonly account: Address;
  /** The short string of the network, as a felt. */
  readonly chainId: Felt;
  /** Never the same again. */
  readonly nonce: Felt;
  /** Unix seconds, as is the next. */
  readonly issuedAtSeconds: bigint;
  readonly expiresAtSeconds: bigint;
}

const DOMAIN_NAME = 'Purser sign-in';
const SIGN_IN_TYPE =
  '"SignIn"("Service":"string","Account":"ContractAddress","Nonce":"felt",' +
  '"Issued At":"timestamp","Expires At":"timestamp")';
const SIGN_IN_TYPE_HASH = snKeccak(SIGN_IN_TYPE);
const BYTES_PER_WORD = 31;

/** The SNIP-12 revision 1 hash of the message: what `is_valid_signature` of the account is asked about. */
export const signInHash = (message: SignInMessage): Felt =>
  snip12MessageHash({
    domainName: encodeShortString(DOMAIN_NAME),
    domainVersion: 1n,
    chainId: message.chainId,
    account: message.account,
    structHash: poseidonHash([
      SIGN_IN_TYPE_HASH,
      stringHash(message.service),
      message.account,
      message.nonce,
      message.issuedAtSeconds,
      message.expiresAtSeconds,
    ]),
  });

/** The same message as wallets take it (`signMessage`): plain JSON, of the hash above. */
export const signInTypedData = (message: SignInMessage) => ({
  types: {
    StarknetDomain: [
      { name: 'name', type: 'shortstring' },
      { name: 'version', type: 'shortstring' },
      { name: 'chainId', type: 'shortstring' },
      { name: 'revision', type: 'shortstring' },
    ],
    SignIn: [
      { name: 'Service', type: 'string' },
      { name: 'Account', type: 'ContractAddress' },
      { name: 'Nonce', type: 'felt' },
      { name: 'Issued At', type: 'timestamp' },
      { name: 'Expires At', type: 'timestamp' },
    ],
  },
  primaryType: 'SignIn',
  domain: { name: DOMAIN_NAME, version: '1', chainId: feltToHex(message.chainId), revision: '1' },
  message: {
    Service: message.service,
    Account: feltToHex(message.account),
    Nonce: feltToHex(message.nonce),
    'Issued At': String(message.issuedAtSeconds),
    'Expires At': String(message.expiresAtSeconds),
  },
});

/** A `string` of SNIP-12: Poseidon over a ByteArray of Cairo, words of 31 bytes and what is left. */
const stringHash = (text: string): Felt => {
  const bytes = Buffer.from(text, 'utf8');
  const full = Math.floor(bytes.length / BYTES_PER_WORD);
  const words = Array.from({ length: full }, (_, at) =>
    wordOf(bytes.subarray(at * BYTES_PER_WORD, (at + 1) * BYTES_PER_WORD)),
  );
  const rest = bytes.subarray(full * BYTES_PER_WORD);
  return poseidonHash([BigInt(full), ...words, wordOf(rest), BigInt(rest.length)]);
};

const wordOf = (bytes: Buffer): Felt =>
  toFelt(bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`));
