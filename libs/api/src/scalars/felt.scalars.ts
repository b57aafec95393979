import {
  encodeShortString,
  feltToHex,
  parseAddress,
  parseFelt,
  parseSessionKey,
  toAddress,
  toFelt,
  toSessionKey,
  type Felt,
} from '#libs/felt';
import { defineScalar } from './define-scalar.ts';

const asBigint = (value: unknown): bigint => {
  if (typeof value !== 'bigint') throw new TypeError('a felt leaves the service as a bigint');
  return value;
};

/** A JSON number is never a felt: most felts are beyond what JSON numbers carry. */
const asText = (input: string | number): string | undefined =>
  typeof input === 'string' ? input : undefined;

export const FeltScalar = defineScalar({
  name: 'Felt',
  description:
    'A field element of Starknet. Printed as 0x hex, lower case, without leading zeros; read as 0x hex in any case and padding, or as a decimal string.',
  parse: (input) => parseFelt(asText(input)),
  print: (value) => feltToHex(toFelt(asBigint(value))),
});

export const AddressScalar = defineScalar({
  name: 'Address',
  description:
    'A contract address: a felt of at least 1 and below 2^251 - 256. Printed and read as Felt. Anything else is INVALID_ADDRESS.',
  parse: (input) => parseAddress(asText(input)),
  print: (value) => feltToHex(toAddress(asBigint(value))),
});

export const SessionKeyScalar = defineScalar({
  name: 'SessionKey',
  description:
    'The public key of a session: any felt (some classes register even 0, for which nobody can sign). Printed and read as Felt. Anything else is INVALID_SESSION_KEY.',
  parse: (input) => parseSessionKey(asText(input)),
  print: (value) => feltToHex(toSessionKey(asBigint(value))),
});

const FELT_TEXT = /^(0x|[0-9]+$)/i;

const parseChainId = (input: string | number): Felt => {
  const text = asText(input);
  if (text === undefined || text === '' || FELT_TEXT.test(text)) return parseFelt(text);
  return encodeShortString(text);
};

export const ChainIdScalar = defineScalar({
  name: 'ChainId',
  description:
    'The id of a chain. Printed as Felt (Sepolia is 0x534e5f5345504f4c4941); read as Felt or as its name, for example "SN_SEPOLIA".',
  parse: parseChainId,
  print: (value) => feltToHex(toFelt(asBigint(value))),
});
