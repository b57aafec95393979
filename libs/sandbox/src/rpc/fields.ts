import { ADDRESS_BOUND, PRIME } from '#libs/felt';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { rpcErrors } from './rpc.error.ts';

const HEX = /^0x[0-9a-fA-F]{1,64}$/;

/** Reads the members of a JSON object; a wrong one is error -32602 in the words of a Rust node. */
export class Fields {
  readonly #object: JsonObject;

  constructor(object: Json | undefined) {
    if (!isJsonObject(object))
      throw rpcErrors.invalidParams(`invalid type: ${typeName(object)}, expected struct`);
    this.#object = object;
  }

  has(name: string): boolean {
    const value = this.#object[name];
    return value !== undefined && value !== null;
  }

  raw(name: string): Json {
    const value = this.#object[name];
    if (value === undefined) throw rpcErrors.invalidParams(`missing field \`${name}\``);
    return value;
  }

  optional<T>(name: string, read: (value: Json) => T): T | undefined {
    const value = this.#object[name];
    return value === undefined || value === null ? undefined : read(value);
  }

  felt(name: string): bigint {
    return readFelt(this.raw(name));
  }

  address(name: string): bigint {
    return readAddress(this.raw(name));
  }

  felts(name: string): bigint[] {
    return readList(this.raw(name), readFelt);
  }

  text(name: string): string {
    return readText(this.raw(name));
  }

  number(name: string): number {
    return readNumber(this.raw(name));
  }

  struct(name: string): Fields {
    return new Fields(this.raw(name));
  }

  /** A quantity written as hex. */
  quantity(name: string, max: bigint): bigint {
    const value = readFelt(this.raw(name));
    if (value > max) throw rpcErrors.invalidParams(`${name}: number too large to fit in target type`);
    return value;
  }
}

export const readFelt = (value: Json): bigint => {
  const text = readText(value);
  const felt = HEX.test(text) ? BigInt(text) : PRIME;
  if (felt >= PRIME) throw rpcErrors.invalidParams("expected hex string to be prefixed by '0x'");
  return felt;
};

const CONVERSION = 'Conversion error: Error converting from hex string:';

/** An address or a storage key: below 2^251 - 256, with texts of its own. */
export const readAddress = (value: Json): bigint => {
  const text = readText(value);
  if (!text.startsWith('0x')) throw rpcErrors.invalidParams(`${CONVERSION} Missing prefix 0x in ${text}`);
  const felt = HEX.test(text) ? BigInt(text) : PRIME;
  if (felt >= PRIME) {
    throw rpcErrors.invalidParams(
      `${CONVERSION} failed to create Felt from string: representative out of range`,
    );
  }
  if (felt >= ADDRESS_BOUND) throw rpcErrors.invalidParams('Out of range: an address is below 2^251 - 256');
  return felt;
};

export const readText = (value: Json): string => {
  if (typeof value !== 'string') {
    const given = typeof value === 'number' ? 'number' : typeName(value);
    throw rpcErrors.invalidParams(`invalid type: ${given}, expected a string`);
  }
  return value;
};

const readNumber = (value: Json): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw rpcErrors.invalidParams(`invalid type: ${typeName(value)}, expected u64`);
  }
  return value;
};

export const readBoolean = (value: Json): boolean => {
  if (typeof value !== 'boolean') {
    throw rpcErrors.invalidParams(`invalid type: ${typeName(value)}, expected a boolean`);
  }
  return value;
};

export const readList = <T>(value: Json, item: (value: Json) => T): T[] => {
  if (!Array.isArray(value)) {
    throw rpcErrors.invalidParams(`invalid type: ${typeName(value)}, expected a sequence`);
  }
  return value.map((entry: Json) => item(entry));
};

const typeName = (value: Json | undefined): string => {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return `string ${JSON.stringify(value)}`;
  if (typeof value === 'number')
    return `${Number.isInteger(value) ? 'integer' : 'floating point'} \`${value}\``;
  if (typeof value === 'boolean') return `boolean \`${String(value)}\``;
  return Array.isArray(value) ? 'sequence' : 'map';
};
