import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { FIELD_COSTS } from './field-costs.ts';
import { readDocument } from './read-document.ts';
import { printSchemaText } from '../../print-schema.ts';

const SCHEMA = buildSchema(`
  type Query { list(first: Int = 25): Connection one: Node nodes(ids: [Int!]!): [Node!]! plain: [Node!]! page(first: Int!): [Node!]! risk: Node }
  type Mutation { change: Node }
  type Connection { nodes: [Node!]! edges: [Edge!]! total: Node }
  type Edge { node: Node }
  type Node { id: Int one: Node list(first: Int = 10): Connection plain: [Node!]! }
`);
const LIMITS = {
  ...{ maxQueryTokens: 2_000, maxQueryFields: 500, maxQueryAliases: 30, maxQueryDirectives: 20 },
  ...{ maxQueryDepth: 12, maxQueryOperations: 10, hideSuggestions: true },
};
const costOf = (query: string, variables?: Record<string, unknown>): number | undefined =>
  readDocument(SCHEMA, query, LIMITS)[0]?.costOf(variables);

describe('the cost of a question', () => {
  it.each([
    ['one object', '{ one { id } }', 6],
    ['nothing but its type', '{ __typename }', 1],
    ['objects in an object', '{ one { one { one { id } } } }', 8],
    ['a page by default', '{ list { nodes { id } } }', 5 + 1 + 25],
    ['a page as asked', '{ list(first: 3) { nodes { id } } }', 5 + 1 + 3],
    ['a page by its edges', '{ list(first: 3) { edges { node { id } } } }', 5 + 1 + 3 * 2],
    ['what a page has once', '{ list(first: 100) { total { id } } }', 5 + 1 + 1],
    [
      'a page in a page',
      '{ list(first: 3) { nodes { list(first: 4) { nodes { id } } } } }',
      5 + 1 + 3 * (1 + 1 + 4),
    ],
    ['a list without pages', '{ plain { id } }', 5 + 3],
    ['a list of a size', '{ page(first: 7) { id } }', 5 + 7],
    ['ids', '{ nodes(ids: [1, 2, 3, 4]) { id } }', 5 + 4],
    ['a dear field', '{ risk { id } }', 20 + 1],
    ['a mutation', 'mutation { change { id } }', 10 + 1],
    ['the schema', '{ __schema { types { name } } }', 50],
    ['a page out of range', '{ list(first: 0) { nodes { id } } }', 5 + 1 + 100],
    ['two fields of one name', '{ one { id } one { id } }', 12],
  ])('of %s', (_what, query, cost) => expect(costOf(query)).toBe(cost));

  it.each([
    ['a spread', '{ ...f } fragment f on Query { list(first: 9) { nodes { id } } }'],
    ['a fragment of rows', '{ list(first: 9) { ...f } } fragment f on Connection { nodes { id } }'],
    ['an inline fragment', '{ ... on Query { list(first: 9) { ... { nodes { id } } } } }'],
    [
      'fragments of fragments',
      '{ ...f } fragment f on Query { ...g } fragment g on Query { list(first: 9) { ...h } } fragment h on Connection { nodes { ...i } } fragment i on Node { id }',
    ],
    ['a condition', '{ list(first: 9) @skip(if: true) { nodes { id } } }'],
  ])('is not hidden by %s', (_what, query) => expect(costOf(query)).toBe(5 + 1 + 9));

  it('counts a fragment each time it is spread, on pages of other sizes too', () => {
    const query =
      '{ a: list(first: 2) { ...f } b: list(first: 30) { ...f } ...g ...g } fragment f on Connection { nodes { id } } fragment g on Query { one { id } }';
    expect(costOf(query)).toBe(5 + 1 + 2 + 5 + 1 + 30 + 6 + 6);
  });

  it('is that of the variables of this time', () => {
    const read = readDocument(SCHEMA, 'query ($n: Int = 4) { list(first: $n) { nodes { id } } }', LIMITS)[0];
    const costs = [
      undefined,
      {},
      { n: 1 },
      { n: 50 },
      { n: null },
      { n: '5' },
      { n: -3 },
      { n: 1e308 },
      { n: 7 },
    ];
    expect(costs.map((variables) => read?.costOf(variables))).toEqual([
      10, 10, 7, 56, 106, 106, 106, 106, 13,
    ]);
  });

  it('is that of as many ids as came', () => {
    const read = readDocument(SCHEMA, 'query ($i: [Int!]!) { nodes(ids: $i) { id } }', LIMITS)[0];
    expect([[1], [1, 2, 3], 'x'].map((i) => read?.costOf({ i }))).toEqual([6, 8, 105]);
  });

  it('has no dear field that the schema does not have', async () => {
    const printed = await printSchemaText();
    const names = Object.keys(FIELD_COSTS).map((name) => name.split('.')[1] ?? '');
    for (const name of names) expect(printed).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });
});
