import { ADDRESS_BOUND, U128_MAX, U32_MAX, U64_MAX } from '#libs/felt';
import type { ArgumentErrors } from '../execution/native-contract.ts';
import { panic } from '../execution/panic.ts';

export interface CallData {
  readonly to: bigint;
  readonly selector: bigint;
  readonly calldata: readonly bigint[];
}

/** Reads entry point arguments as Cairo's wrapper does: a bad one panics with its position. */
export class CalldataReader {
  readonly #felts: readonly bigint[];
  readonly #errors: ArgumentErrors;
  #offset = 0;
  #parameter = 0;

  constructor(felts: readonly bigint[], errors: ArgumentErrors) {
    this.#felts = felts;
    this.#errors = errors;
  }

  felt(): bigint {
    return this.#parameterOf(() => this.#next());
  }

  u8(): bigint {
    return this.#bounded(255n);
  }

  u32(): bigint {
    return this.#bounded(U32_MAX);
  }

  u64(): bigint {
    return this.#bounded(U64_MAX);
  }

  address(): bigint {
    return this.#bounded(ADDRESS_BOUND - 1n);
  }

  u256(): bigint {
    return this.#parameterOf(() => this.#nextU256());
  }

  felts(): readonly bigint[] {
    return this.#parameterOf(() => this.#nextArray(() => this.#next()));
  }

  calls(): readonly CallData[] {
    return this.#parameterOf(() => this.#nextArray(() => this.#nextCall()));
  }

  /** A struct argument: its members share one position. */
  struct<T>(read: (members: MemberReader) => T | undefined): T {
    return this.#parameterOf(() =>
      read({
        felt: () => this.#next(),
        address: () => this.#within(ADDRESS_BOUND - 1n),
        u64: () => this.#within(U64_MAX),
        calls: () => this.#nextArray(() => this.#nextCall()),
      }),
    );
  }

  end(): void {
    if (this.#offset !== this.#felts.length) panic('Input too long for arguments');
  }

  #bounded(max: bigint): bigint {
    return this.#parameterOf(() => this.#within(max));
  }

  #parameterOf<T>(read: () => T | undefined): T {
    this.#parameter += 1;
    const numbered = `Failed to deserialize param #${this.#parameter}`;
    return read() ?? panic(this.#errors === 'NUMBERED' ? numbered : 'Input too short for arguments');
  }

  #next(): bigint | undefined {
    const felt = this.#felts[this.#offset];
    this.#offset += 1;
    return felt;
  }

  #within(max: bigint): bigint | undefined {
    const felt = this.#next();
    return felt !== undefined && felt <= max ? felt : undefined;
  }

  #nextU256(): bigint | undefined {
    const low = this.#within(U128_MAX);
    const high = this.#within(U128_MAX);
    return low === undefined || high === undefined ? undefined : low + (high << 128n);
  }

  #nextArray<T>(item: () => T | undefined): T[] | undefined {
    const length = this.#within(U32_MAX);
    if (length === undefined) return undefined;
    const items: T[] = [];
    while (BigInt(items.length) < length) {
      const next = item();
      if (next === undefined) return undefined;
      items.push(next);
    }
    return items;
  }

  #nextCall(): CallData | undefined {
    const to = this.#within(ADDRESS_BOUND - 1n);
    const selector = this.#next();
    const calldata = this.#nextArray(() => this.#next());
    return to === undefined || selector === undefined || !calldata ? undefined : { to, selector, calldata };
  }
}

export interface MemberReader {
  felt(): bigint | undefined;
  address(): bigint | undefined;
  u64(): bigint | undefined;
  calls(): readonly CallData[] | undefined;
}

/** Serialises what `__execute__` and the forwarder return: Array<Span<felt252>>. */
export const serializeResults = (results: readonly (readonly bigint[])[]): bigint[] => [
  BigInt(results.length),
  ...results.flatMap((result) => [BigInt(result.length), ...result]),
];

/** [low, high] as Cairo passes a u256. */
export const u256Felts = (value: bigint): [bigint, bigint] => [value & U128_MAX, value >> 128n];
