import { U256_MAX, U32_MAX, U64_MAX } from '#libs/felt';
import { PurserError } from '../purser.error.ts';
import { defineScalar } from './define-scalar.ts';

const DECIMAL = /^(0|[1-9][0-9]{0,77})$/;

const bounded = (name: string, max: bigint) => (value: bigint) => {
  if (value < 0n || value > max) throw new PurserError('BAD_INPUT', `${name} must be between 0 and ${max}`);
  return value;
};

const parseDecimal =
  (name: string, max: bigint) =>
  (input: string | number): bigint => {
    if (typeof input === 'string' && !DECIMAL.test(input)) {
      throw new PurserError(
        'BAD_INPUT',
        `${name} must be decimal digits without sign, point or leading zeros`,
      );
    }
    return bounded(name, max)(BigInt(input));
  };

const decimal = (name: string, max: bigint, description: string) => {
  const check = bounded(name, max);
  return defineScalar({
    name,
    description: `${description} Printed as a decimal string; read as a decimal string or as an integer.`,
    parse: parseDecimal(name, max),
    print: (value) => {
      if (typeof value !== 'bigint') throw new TypeError(`${name} leaves the service as a bigint`);
      return check(value).toString();
    },
  });
};

const jsonNumber = (name: string, max: number, description: string) => {
  const inRange = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max;
  return defineScalar({
    name,
    description: `${description} Printed and read as a JSON number.`,
    parse: (input) => {
      if (inRange(input)) return input;
      throw new PurserError('BAD_INPUT', `${name} must be an integer between 0 and ${max}`);
    },
    print: (value) => {
      const number = typeof value === 'bigint' ? Number(value) : value;
      if (!inRange(number)) throw new RangeError(`not in the range of ${name}`);
      return number;
    },
  });
};

export const U32Scalar = jsonNumber(
  'U32',
  Number(U32_MAX),
  'An integer from 0 to 2^32 - 1, such as a number of calls (the Int of GraphQL ends at 2^31 - 1).',
);

export const CountScalar = jsonNumber(
  'Count',
  Number.MAX_SAFE_INTEGER,
  'A block number, a count or a duration in seconds: an integer from 0 to 2^53 - 1.',
);

export const U64Scalar = decimal(
  'U64',
  U64_MAX,
  'An integer from 0 to 2^64 - 1, beyond what JSON numbers carry exactly.',
);

export const U256Scalar = decimal(
  'U256',
  U256_MAX,
  'An integer from 0 to 2^256 - 1: an amount in the smallest unit of its token.',
);

export const TimestampScalar = decimal(
  'Timestamp',
  U64_MAX,
  'A time in seconds since 1970-01-01 UTC, as the chain keeps it (u64, so it reads right beyond 2038 and 2106).',
);

const SIGNED = /^(0|-?[1-9][0-9]{0,399})$/;

export const SumScalar = defineScalar({
  name: 'Sum',
  description:
    'A sum or a difference of amounts in the smallest unit of one token: an integer of any size, below 0 too. Printed and read as a decimal string.',
  parse: (input) => {
    if (typeof input === 'number' || SIGNED.test(input)) return BigInt(input);
    throw new PurserError('BAD_INPUT', 'Sum must be decimal digits, with a minus below 0');
  },
  print: (value) => {
    if (typeof value !== 'bigint') throw new TypeError('Sum leaves the service as a bigint');
    return value.toString();
  },
});
