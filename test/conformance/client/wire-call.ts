import { CallData, hash } from 'starknet';

/** A call as a client writes it: a name, not a selector, so that a typo cannot pass. */
export interface WireCall {
  readonly to: bigint;
  readonly entrypoint: string;
  readonly calldata: readonly bigint[];
}

export const toHex = (value: bigint | number): string => `0x${value.toString(16)}`;

const selectors = new Map<string, bigint>();

export const selector = (entrypoint: string): bigint => {
  const known = selectors.get(entrypoint);
  if (known !== undefined) return known;
  const computed = BigInt(hash.getSelectorFromName(entrypoint));
  selectors.set(entrypoint, computed);
  return computed;
};

/** An argument of a call to the account's own calls: `to, selector, length, ...calldata`. */
export const flattenCall = ({ to, entrypoint, calldata }: WireCall): bigint[] => [
  to,
  selector(entrypoint),
  BigInt(calldata.length),
  ...calldata,
];

/** The calldata of `__execute__`. */
export const flattenCalls = (calls: readonly WireCall[]): bigint[] => [
  BigInt(calls.length),
  ...calls.flatMap(flattenCall),
];

export const u256 = (value: bigint): [bigint, bigint] => [value & ((1n << 128n) - 1n), value >> 128n];

/** Short strings and felts by starknet.js. */
export const compile = (values: readonly (string | bigint | number)[]): bigint[] =>
  CallData.compile([...values]).map(BigInt);
