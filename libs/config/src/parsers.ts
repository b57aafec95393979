import { z } from 'zod';

/** Schemas from one environment text to one value. None repeats the text in its message: it may be a secret. */

export const text = z.string();

export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]*)$/, `a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `a whole number from ${min} to ${max}`);

export const positiveNumber = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)?$/, 'a number above 0')
  .transform(Number)
  .refine((value) => value > 0 && Number.isFinite(value), 'a number above 0');

const SWITCH: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  '1': true,
  off: false,
  false: false,
  '0': false,
};

export const onOff = z.string().transform((word, context) => {
  const value = SWITCH[word.toLowerCase()];
  if (value !== undefined) return value;
  context.addIssue('on or off');
  return z.NEVER;
});

export const url = (...schemes: readonly string[]) =>
  z.string().refine(
    (candidate) => {
      const parsed = URL.canParse(candidate) ? new URL(candidate) : undefined;
      return parsed !== undefined && schemes.includes(parsed.protocol) && parsed.hostname !== '';
    },
    `a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  );

/** Comma-separated; blanks around items are dropped, empty items refused. */
export const list = <Output>(item: z.ZodType<Output, string>) =>
  z
    .string()
    .transform((line) => line.split(',').map((part) => part.trim()))
    .pipe(z.array(item));

/** A field element as text, normalised to 0x, lower case, no leading zeros. The room felt owns the type. */
export const addressText = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, 'an address: 0x and up to 64 hex digits')
  .transform((hex) => `0x${BigInt(hex).toString(16)}`)
  .refine(
    (hex) => BigInt(hex) > 0n && BigInt(hex) < 2n ** 251n - 256n,
    'an address between 1 and 2^251 - 257',
  );
