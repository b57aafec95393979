import { describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql';
import { fieldCountRule } from './field-count.rule.ts';

const SCHEMA = buildSchema('type Query { a: Query b: Query }');
const REFUSED = ['The document selects more than 10 fields.'];

const faultsOf = (query: string, maxFields = 10): string[] =>
  validate(SCHEMA, parse(query), [fieldCountRule(maxFields)]).map(({ message }) => message);

/** f0 spreads f1 twice, f1 f2 twice, and so on. */
const doubling = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `fragment f${n} on Query { ...f${n + 1} x: a { ...f${n + 1} } }`,
  ).join(' ');

describe('the limit of fields', () => {
  it.each([
    ['ten', '{ a { b a { b a { b a { b a { b } } } } } }'],
    ['ten in fragments', '{ a { ...f } b { ...f } } fragment f on Query { a b c: a d: b }'],
    ['few, and a fragment that is not spread', `{ a } fragment f on Query { ${'a '.repeat(20)} }`],
  ])('lets %s pass', (_, query) => expect(faultsOf(query)).toEqual([]));

  it.each([
    ['in a row', `{ ${'a '.repeat(11)} }`],
    ['in inline fragments', `{ ${'... on Query { a } '.repeat(11)} }`],
    ['in several operations', `query A { ${'a '.repeat(6)} } query B { ${'a '.repeat(6)} }`],
    ['by a fragment spread twice', '{ a { ...f } b { ...f } } fragment f on Query { a b c: a d: b e: a }'],
    ['by fragments of fragments', `{ ...f0 } ${doubling(4)} fragment f4 on Query { a }`],
    ['by more than could ever be counted', `{ ...f0 } ${doubling(200)} fragment f200 on Query { a }`],
  ])('refuses eleven or more %s', (_, query) => expect(faultsOf(query)).toEqual(REFUSED));

  it('leaves what makes no sense to the other rules', () => {
    expect(faultsOf('{ ...nothing }')).toEqual([]);
    const endless = parse('{ ...f } fragment f on Query { a { ...f } }');
    const faults = validate(SCHEMA, endless, [...specifiedRules, fieldCountRule(10)]);
    expect(faults.map(({ message }) => message)).toEqual(['Cannot spread fragment "f" within itself.']);
  });

  it('lets introspection pass at the limit of the server', () => {
    expect(faultsOf(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }), 500)).toEqual([]);
  });
});
