import { FeltError } from './felt.error.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = bigint & { readonly [brand]: Name };

/** A field element of Starknet: an integer in [0, PRIME). Compare with ===, never as text. */
export type Felt = bigint & { readonly [brand]: string };
/** A contract address: a felt in [1, 2^251 - 256). */
export type Address = Branded<'Address'>;
/** The public key of a session: the x coordinate of a point on the Stark curve, never 0. */
export type SessionKey = Branded<'SessionKey'>;
/** The hash of a declared class. */
export type ClassHash = Branded<'ClassHash'>;

/** 2^251 + 17 * 2^192 + 1. */
export const PRIME = 2n ** 251n + 17n * 2n ** 192n + 1n;
/** Storage addresses are taken modulo this: 2^251 - 256. */
export const ADDRESS_BOUND = 2n ** 251n - 256n;

const HEX = /^0x[0-9a-f]{1,64}$/i;
const DECIMAL = /^(0|[1-9][0-9]{0,76})$/;

/** Narrows an integer to a felt. @throws FeltError INVALID_FELT outside [0, PRIME). */
export const toFelt = (value: bigint | number): Felt => {
  const integer = BigInt(value);
  if (integer < 0n || integer >= PRIME) throw new FeltError('INVALID_FELT', 'not in the range of a felt');
  return integer as Felt;
};

/**
 * Parses `0x` hex (any case, leading zeros allowed) or a plain decimal.
 * @throws FeltError INVALID_FELT for anything else: signs, blanks, fractions, too large, not a string.
 */
export const parseFelt = (text: unknown): Felt => {
  if (typeof text !== 'string') throw new FeltError('INVALID_FELT', 'a felt must be a string');
  if (!HEX.test(text) && !DECIMAL.test(text)) {
    throw new FeltError('INVALID_FELT', `not 0x hex and not a decimal: ${quote(text)}`);
  }
  return toFelt(BigInt(text));
};

/** Bounds what is kept of felts that were read: some 5 MB. */
const MOST_READ = 20_000;
const read = new Map<string, Felt>();

/**
 * As `parseFelt`, for felts of our own rows that come row after row: accounts, keys, tokens, selectors. Not for what is new each
 * time, such as hashes of transactions. @throws FeltError INVALID_FELT
 */
export const parseCommonFelt = (text: string): Felt => {
  const known = read.get(text);
  if (known !== undefined) return known;
  if (read.size >= MOST_READ) read.clear();
  const felt = parseFelt(text);
  read.set(text, felt);
  return felt;
};

/** The one printed form: `0x`, lower case, no leading zeros. */
export const feltToHex = (felt: bigint): string => `0x${felt.toString(16)}`;

/** Bounds what is kept of printed felts: some 5 MB. */
const MOST_PRINTED = 20_000;
const printed = new Map<bigint, string>();

/** As `feltToHex`, for felts that come row after row: accounts, keys, tokens, blocks. */
export const commonFeltToHex = (felt: bigint): string => {
  const known = printed.get(felt);
  if (known !== undefined) return known;
  if (printed.size >= MOST_PRINTED) printed.clear();
  const text = feltToHex(felt);
  printed.set(felt, text);
  return text;
};

/** @throws FeltError INVALID_ADDRESS unless a felt in [1, 2^251 - 256). */
export const parseAddress = (text: unknown): Address => toAddress(parseAs('INVALID_ADDRESS', text));

/** @throws FeltError INVALID_ADDRESS unless in [1, 2^251 - 256). */
export const toAddress = (value: bigint): Address => {
  if (value <= 0n || value >= ADDRESS_BOUND) {
    throw new FeltError('INVALID_ADDRESS', 'an address is between 1 and 2^251 - 257');
  }
  return value as Address;
};

/**
 * Zero is a session key too: classes without the check for it register it, though nobody can sign for it.
 * Whether a key is on the curve is not asked here.
 * @throws FeltError INVALID_SESSION_KEY unless a felt.
 */
export const parseSessionKey = (text: unknown): SessionKey =>
  toSessionKey(parseAs('INVALID_SESSION_KEY', text));

/** @throws FeltError INVALID_SESSION_KEY below 0 or beyond the field. */
export const toSessionKey = (value: bigint): SessionKey => {
  if (value < 0n || value >= PRIME) throw new FeltError('INVALID_SESSION_KEY', 'a session key is a felt');
  return value as SessionKey;
};

/** @throws FeltError INVALID_FELT outside the field. 0 is allowed: the class of an undeployed address. */
export const toClassHash = (value: bigint): ClassHash => toFelt(value) as bigint as ClassHash;

const parseAs = (code: 'INVALID_ADDRESS' | 'INVALID_SESSION_KEY', text: unknown): Felt => {
  try {
    return parseFelt(text);
  } catch (cause) {
    throw new FeltError(code, cause instanceof Error ? cause.message : 'not a felt', { cause });
  }
};

const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
