import { ADDRESS_BOUND, pedersenHash, snKeccak } from '#libs/felt';
import type { Address, Felt, SessionKey } from '#libs/felt';

/** Felts, and so slots, of a stored SessionData: struct members are not packed. */
export const SESSION_DATA_SLOTS = 4;
/** Felts, and so slots, of a stored SpendingPolicy: a u256 takes two. */
export const SPENDING_POLICY_SLOTS = 8;

const SESSION_KEYS = snKeccak('session_keys');
const SESSION_ENTRYPOINTS = snKeccak('session_entrypoints');
const POLICIES = snKeccak('policies');

const toSlotBase = (hash: bigint): Felt => (hash % ADDRESS_BOUND) as Felt;

/** The slot of a plain storage variable: sn_keccak(name). */
export const varSlot = (name: string): Felt => toSlotBase(snKeccak(name));

/**
 * The first slot of an entry of a storage map: pedersen chained from sn_keccak(name) over the keys, taken modulo
 * 2^251 - 256 at the end only. One pedersen for each key: compute once and store.
 */
export const mapSlot = (name: string, ...keys: readonly bigint[]): Felt =>
  toSlotBase(keys.reduce<bigint>((hash, key) => pedersenHash(hash, key), snKeccak(name)));

/**
 * The slot `offset` members after a base. Not reduced again: a base stays below 2^251 - 256 so that up to 255
 * offsets fit above it.
 */
export const slotAt = (base: bigint, offset: number): Felt => (base + BigInt(offset)) as Felt;

/** First of the 4 slots of `session_keys[key]`: valid_until, max_calls, calls_used, allowed_entrypoints_len. */
export const sessionSlotBase = (key: SessionKey): Felt => toSlotBase(pedersenHash(SESSION_KEYS, key));

/** The part of every whitelist slot of a key that does not depend on the index. Not itself a slot. */
export const entrypointsMapBase = (key: SessionKey): Felt => pedersenHash(SESSION_ENTRYPOINTS, key);

/** The slot of the whitelist entry at `index`, from the value of `entrypointsMapBase`: one pedersen. */
export const entrypointSlotFrom = (mapBase: Felt, index: number): Felt =>
  toSlotBase(pedersenHash(mapBase, BigInt(index)));

/** The slot of `session_entrypoints[(key, index)]`, a selector. Two pedersens. */
export const entrypointSlot = (key: SessionKey, index: number): Felt =>
  entrypointSlotFrom(entrypointsMapBase(key), index);

/**
 * First of the 8 slots of `policies[(key, token)]`: max_per_call.low, .high, max_per_window.low, .high,
 * window_seconds, spent_in_window.low, .high, window_start.
 */
export const policySlotBase = (key: SessionKey, token: Address): Felt =>
  toSlotBase(pedersenHash(pedersenHash(POLICIES, key), token));
