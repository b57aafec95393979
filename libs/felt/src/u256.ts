import { FeltError } from './felt.error.ts';
import type { Felt } from './felt.ts';

const U128 = 2n ** 128n;
const U256 = 2n ** 256n;

export const U32_MAX = 2n ** 32n - 1n;
export const U64_MAX = 2n ** 64n - 1n;
export const U128_MAX = U128 - 1n;
export const U256_MAX = U256 - 1n;

/** Joins the two halves of a Cairo u256. @throws FeltError INVALID_U256 when a half is beyond u128. */
export const joinU256 = (low: bigint, high: bigint): bigint => {
  if (low < 0n || low >= U128 || high < 0n || high >= U128) {
    throw new FeltError('INVALID_U256', 'a half of a u256 is beyond u128');
  }
  return low + high * U128;
};

/** Splits into [low, high], the order of calldata and storage. @throws FeltError INVALID_U256 beyond u256. */
export const splitU256 = (value: bigint): readonly [Felt, Felt] => {
  if (value < 0n || value >= U256) throw new FeltError('INVALID_U256', 'not in the range of a u256');
  return [(value % U128) as Felt, (value / U128) as Felt];
};
