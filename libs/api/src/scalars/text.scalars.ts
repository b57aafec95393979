import { PurserError } from '../purser.error.ts';
import { defineScalar } from './define-scalar.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const EXACT = /^-?(0|[1-9]\d*)(\.\d+)?$/;

const printMatching = (name: string, form: RegExp) => (value: unknown) => {
  if (typeof value !== 'string' || !form.test(value))
    throw new TypeError(`${name} leaves the service as its text`);
  return value;
};

export const DateScalar = defineScalar({
  name: 'Date',
  description:
    'A day of the calendar as ISO 8601 writes it: 2026-11-01. Which seconds it is, its time zone says.',
  parse: (input) => {
    if (typeof input === 'string' && DATE.test(input)) return input;
    throw new PurserError('PERIOD_INVALID', 'Date must be written as 2026-11-01');
  },
  print: printMatching('Date', DATE),
});

export const DecimalScalar = defineScalar({
  name: 'Decimal',
  description:
    'An exact decimal number of any size as text: "12.5". An amount in whole tokens, by the decimals that the token says of itself.',
  parse: (input) => {
    if (typeof input === 'string' && EXACT.test(input)) return input;
    throw new PurserError('BAD_INPUT', 'Decimal must be a decimal number as text');
  },
  print: printMatching('Decimal', EXACT),
});
