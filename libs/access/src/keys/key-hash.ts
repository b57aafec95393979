import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const MIN_PEPPER_BYTES = 32;
const PEPPER_ID_DIGITS = 8;

/** What is kept of a key: nobody gets the key back out of it, and without the pepper nobody can make another one. */
export interface KeyHash {
  /** 32 bytes: HMAC-SHA-256 over the whole key. */
  readonly hash: Uint8Array;
  /** Which pepper: the first 8 hex digits of its SHA-256. */
  readonly pepperId: string;
}

/** Hashes and compares keys with the peppers of this deployment. */
export interface KeyHasher {
  /** By the first pepper. */
  hash(key: string): KeyHash;
  /** In constant time, and no sooner when the pepper is not one of ours. */
  verify(key: string, kept: KeyHash): boolean;
  /** As `verify` of a key that nobody knows, so that an unknown id takes as long as a wrong secret. */
  verifyNothing(key: string): false;
}

/**
 * The first pepper makes new hashes, all of them are accepted: a pepper is replaced by putting a new one in front.
 * @throws RangeError without a pepper, or with one below 32 bytes.
 */
export const createKeyHasher = (peppers: readonly Uint8Array[]): KeyHasher => {
  const [current] = peppers;
  if (current === undefined) throw new RangeError('a pepper is needed to keep keys');
  if (peppers.some(({ length }) => length < MIN_PEPPER_BYTES))
    throw new RangeError(`a pepper has at least ${MIN_PEPPER_BYTES} bytes`);
  const byId = new Map(peppers.map((pepper) => [pepperIdOf(pepper), pepper]));
  const nothing = new Uint8Array(MIN_PEPPER_BYTES);
  return {
    hash: (key) => ({ hash: hmac(current, key), pepperId: pepperIdOf(current) }),
    verify: (key, { hash, pepperId }) => {
      const pepper = byId.get(pepperId);
      const isEqual = isSame(hmac(pepper ?? current, key), hash);
      return pepper !== undefined && isEqual;
    },
    verifyNothing: (key) => {
      isSame(hmac(current, key), nothing);
      return false;
    },
  };
};

const hmac = (pepper: Uint8Array, key: string): Uint8Array =>
  createHmac('sha256', pepper).update(key).digest();

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

const pepperIdOf = (pepper: Uint8Array): string =>
  createHash('sha256').update(pepper).digest('hex').slice(0, PEPPER_ID_DIGITS);
