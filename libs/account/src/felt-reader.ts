import {
  FeltError,
  joinU256,
  toAddress,
  toClassHash,
  toSessionKey,
  U128_MAX,
  U32_MAX,
  U64_MAX,
} from '#libs/felt';
import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';
import { AccountError } from './account.error.ts';
import type { AccountErrorCode } from './account.error.ts';

/**
 * Reads a list of felts from left to right and refuses what a Cairo deserialiser would refuse: too few, a value
 * out of its type's range, felts left over. Every refusal is an AccountError of the code given.
 */
export class FeltReader {
  readonly #felts: readonly Felt[];
  readonly #code: AccountErrorCode;
  #offset = 0;

  constructor(felts: readonly Felt[], code: AccountErrorCode) {
    this.#felts = felts;
    this.#code = code;
  }

  get remaining(): number {
    return this.#felts.length - this.#offset;
  }

  felt(name: string): Felt {
    const value = this.#felts[this.#offset];
    if (value === undefined) throw this.#fault(`${name} is missing: only ${this.#felts.length} felts`);
    this.#offset += 1;
    return value;
  }

  bool(name: string): bigint {
    return this.#upTo(1n, 'bool', name);
  }

  u8(name: string): bigint {
    return this.#upTo(0xffn, 'u8', name);
  }

  u16(name: string): bigint {
    return this.#upTo(0xffffn, 'u16', name);
  }

  u32(name: string): bigint {
    return this.#upTo(U32_MAX, 'u32', name);
  }

  u64(name: string): bigint {
    return this.#upTo(U64_MAX, 'u64', name);
  }

  u128(name: string): bigint {
    return this.#upTo(U128_MAX, 'u128', name);
  }

  /** Two felts, low half first. */
  u256(name: string): bigint {
    const low = this.#upTo(U128_MAX, 'u128', name);
    return joinU256(low, this.#upTo(U128_MAX, 'u128', name));
  }

  address(name: string): Address {
    return this.#as(toAddress, name);
  }

  /** For what the chain accepts where nobody is meant: 0 passes under the type of an address. */
  addressOrZero(name: string): Address {
    return this.#as(toAddressOrZero, name);
  }

  sessionKey(name: string): SessionKey {
    return this.#as(toSessionKey, name);
  }

  classHash(name: string): ClassHash {
    return this.#as(toClassHash, name);
  }

  /** A count followed by that many items, each of at least `feltsPerItem` felts. */
  list<T>(name: string, feltsPerItem: number, item: (index: number) => T): T[] {
    const count = this.felt(`${name}.length`);
    if (count * BigInt(feltsPerItem) > BigInt(this.remaining)) {
      throw this.#fault(`${name} claims ${count} items, more than the felts that follow`);
    }
    return Array.from({ length: Number(count) }, (_, index) => item(index));
  }

  felts(name: string): Felt[] {
    return this.list(name, 1, (index) => this.felt(`${name}[${index}]`));
  }

  end(): void {
    if (this.remaining > 0) throw this.#fault(`${this.remaining} felts left over`);
  }

  #upTo(max: bigint, type: string, name: string): bigint {
    const value = this.felt(name);
    if (value > max) throw this.#fault(`${name} is beyond ${type}`);
    return value;
  }

  #as<T>(parse: (value: bigint) => T, name: string): T {
    const value = this.felt(name);
    try {
      return parse(value);
    } catch (cause) {
      if (cause instanceof FeltError) throw this.#fault(`${name}: ${cause.message}`, cause);
      throw cause;
    }
  }

  #fault(reason: string, cause?: unknown): AccountError {
    return new AccountError(this.#code, reason, { cause });
  }
}

const toAddressOrZero = (value: bigint): Address => (value === 0n ? (value as Address) : toAddress(value));
