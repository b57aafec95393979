import { keccak_256 } from '@noble/hashes/sha3.js';
import { FeltError } from './felt.error.ts';
import type { Felt } from './felt.ts';

const encoder = new TextEncoder();
const MASK_250 = 2n ** 250n - 1n;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** sn_keccak: keccak-256 of the ASCII text, its lowest 250 bits. */
export const snKeccak = (text: string): Felt => {
  let value = 0n;
  for (const byte of keccak_256(encoder.encode(text))) value = (value << 8n) | BigInt(byte);
  return (value & MASK_250) as Felt;
};

/** The selector of an entry point or event. `__default__` and `__l1_default__` are 0 by the protocol. */
export const selectorOf = (name: string): Felt =>
  name === '__default__' || name === '__l1_default__' ? (0n as Felt) : snKeccak(name);

/** Encodes up to 31 ASCII characters. @throws FeltError INVALID_SHORT_STRING otherwise. */
export const encodeShortString = (text: string): Felt => {
  if (text.length > 31 || !PRINTABLE.test(text)) {
    throw new FeltError('INVALID_SHORT_STRING', 'a short string holds up to 31 ASCII characters');
  }
  return encoder.encode(text).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) as Felt;
};

/** Decodes a short string, or nothing where the felt is not printable ASCII. */
export const decodeShortString = (felt: bigint): string | undefined => {
  let text = '';
  for (let rest = felt; rest > 0n; rest >>= 8n) text = String.fromCharCode(Number(rest & 0xffn)) + text;
  return text.length <= 31 && PRINTABLE.test(text) ? text : undefined;
};
