import { hostile, type HostileEntry, times } from './entry.ts';

const SESSIONS = 'sessions { nodes { account } }';

/** f0 spreads f1 twice, f1 f2 twice, and so on. */
const doubling = (count: number): string =>
  times(count, (n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`);
/** Fields in fields, down to a leaf. */
const nested = (depth: number): string =>
  `{ changes(account: "0x1", from: {}) ${'{ sessions { after '.repeat(depth)}{ account }${' } }'.repeat(depth)} }`;
const INTROSPECTION = '{ __schema { types { name } } }';

/** Documents that are refused for what they are, whoever sends them. */
export const HOSTILE_DOCUMENTS: readonly HostileEntry[] = [
  hostile('nothing but a brace', 'BAD_QUERY', { query: '{' }),
  hostile('an unknown field', 'BAD_QUERY', { query: '{ nothing }' }),
  hostile('a zero byte', 'BAD_QUERY', { query: '{ indexer { network\u0000 } }' }),
  hostile('a lone surrogate for a name', 'BAD_QUERY', { query: '{ \ud800 }' }),
  hostile('letters that look like others', 'BAD_QUERY', { query: '{ \u0456ndexer { network } }' }),
  hostile('a name turned round by direction marks', 'BAD_QUERY', { query: '{ \u202eindexer { network } }' }),
  hostile('full-width brackets', 'BAD_QUERY', { query: '\uff5b indexer { network } \uff5d' }),
  hostile('a byte order mark within', 'BAD_QUERY', { query: '{ index\ufeff\ufffeer }' }),
  hostile('a syntax tree in place of text', 'BAD_QUERY', {
    query: JSON.stringify({ kind: 'Document', definitions: [] }),
  }),
  hostile('a type definition', 'BAD_QUERY', { query: 'type Query { a: Int }' }),
  hostile('a definition beside a query', 'BAD_QUERY', {
    query: `{ ${SESSIONS} } extend type Query { a: Int }`,
  }),
  hostile('more tokens than are read', 'QUERY_TOO_LONG', { query: `{ ${'a '.repeat(2_100)} }` }),
  hostile('many tokens in a list literal', 'QUERY_TOO_LONG', { query: `{ a(b: [${'1 '.repeat(2_100)}]) }` }),
  hostile('many tokens in list literals in lists', 'QUERY_TOO_LONG', {
    query: `{ a(b: ${'['.repeat(2_100)}`,
  }),
  hostile('two thousand aliases', 'QUERY_TOO_LONG', {
    query: `{ ${times(2_000, (n) => `a${n}: indexer { network }`)} }`,
  }),
  hostile('too many aliases', 'QUERY_TOO_MANY_ALIASES', {
    query: `{ ${times(31, (n) => `a${n}: indexer { network }`)} }`,
  }),
  hostile('too many aliases of one leaf', 'QUERY_TOO_MANY_ALIASES', {
    query: `{ indexer { ${times(31, (n) => `a${n}: network`)} } }`,
  }),
  hostile('aliases that a fragment multiplies', 'QUERY_TOO_MANY_ALIASES', {
    query: `{ ${times(8, (n) => `a${n}: indexer { ...f }`)} } fragment f on IndexerNetwork { ${times(4, (n) => `b${n}: network`)} }`,
  }),
  hostile('too many fields', 'QUERY_TOO_MANY_FIELDS', { query: `{ ${'indexer { network } '.repeat(300)} }` }),
  hostile('too many fields in inline fragments', 'QUERY_TOO_MANY_FIELDS', {
    query: `{ ${'... { indexer { network } } '.repeat(255)} }`,
  }),
  hostile('too many fields by doubling fragments', 'QUERY_TOO_MANY_FIELDS', {
    query: `{ ...f0 } ${doubling(60)} fragment f60 on Query { indexer { network } }`,
  }),
  hostile('too many fields in an operation that is not asked', 'QUERY_TOO_MANY_FIELDS', {
    query: `query A { ${SESSIONS} } query B { ${'indexer { network } '.repeat(250)} }`,
    operationName: 'A',
  }),
  hostile('too many fields in a fragment that is not spread', 'QUERY_TOO_MANY_FIELDS', {
    query: `{ ${SESSIONS} } fragment f on Query { ${'indexer { network } '.repeat(251)} }`,
  }),
  hostile('fields that must be compared with each other', 'QUERY_TOO_MANY_FIELDS', {
    query: `{ ${'sessions { nodes { account } } '.repeat(200)} }`,
  }),
  hostile('fields nested too deep', 'QUERY_TOO_DEEP', { query: nested(6) }),
  hostile('fields nested too deep by fragments', 'QUERY_TOO_DEEP', {
    query: `{ ...f0 } ${times(14, (n) => `fragment f${n} on Query { a { ...f${n + 1} } }`)} fragment f14 on Query { a }`,
  }),
  hostile('fields nested too deep by inline fragments', 'QUERY_TOO_DEEP', {
    query: `{ ${'... on Query { a { '.repeat(13)} b ${'} }'.repeat(13)} }`,
  }),
  hostile('introspection that goes round', 'QUERY_TOO_DEEP', {
    query: `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } } }`,
  }),
  hostile('introspection that multiplies within its depth', 'BAD_QUERY', {
    query: `{ __schema { types { ${'fields { type { '.repeat(5)} name ${'} }'.repeat(5)} } } }`,
  }),
  hostile('a fragment in itself', 'BAD_QUERY', { query: '{ ...f } fragment f on Query { ...f }' }),
  hostile('two fragments in each other', 'BAD_QUERY', {
    query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
  }),
  hostile('fifty fragments in a ring', 'BAD_QUERY', {
    query: `{ ...f0 } ${times(50, (n) => `fragment f${n} on Query { indexer { network } ...f${(n + 1) % 50} }`)}`,
  }),
  hostile('a fragment in itself, within a field', 'BAD_QUERY', {
    query: '{ indexer { ...f } } fragment f on IndexerNetwork { head { blockNumber } ...f }',
  }),
  hostile('a fragment that is nowhere', 'BAD_QUERY', { query: '{ ...nowhere }' }),
  hostile('too many directives', 'QUERY_TOO_MANY_DIRECTIVES', {
    query: `{ indexer { network ${'@include(if: true) '.repeat(21)} } }`,
  }),
  hostile('too many directives that skip', 'QUERY_TOO_MANY_DIRECTIVES', {
    query: `{ ${'indexer @skip(if: true) { network } '.repeat(21)} }`,
  }),
  hostile('an unknown directive', 'BAD_QUERY', { query: '{ indexer { network @nothing } }' }),
  hostile('a directive twice', 'BAD_QUERY', {
    query: '{ indexer @skip(if: false) @skip(if: false) { network } }',
  }),
  hostile('fields that contradict each other', 'BAD_QUERY', {
    query: '{ a: sessions(first: 1) { nodes { account } } a: sessions(first: 2) { nodes { account } } }',
  }),
  hostile('too many operations', 'BAD_QUERY', {
    query: times(11, (n) => `query Q${n} { indexer { network } }`),
    operationName: 'Q1',
  }),
  hostile('several operations and no name', 'BAD_QUERY', {
    query: 'query A { indexer { network } } query B { indexer { network } }',
  }),
  hostile('two operations of one name', 'BAD_QUERY', {
    query: 'query A { indexer { network } } query A { viewer { name } }',
    operationName: 'A',
  }),
  hostile('an operation that is not there', 'BAD_QUERY', {
    query: '{ indexer { network } }',
    operationName: 'None',
  }),
  hostile('the name of a prototype', 'BAD_QUERY', {
    query: '{ indexer { network } }',
    operationName: '__proto__',
  }),
  hostile('the empty name', 'BAD_QUERY', { query: 'query A { indexer { network } }', operationName: '' }),
  hostile('a mutation that there is not', 'BAD_QUERY', { query: 'mutation { dropEverything }' }),
  hostile('a subscription that there is not', 'BAD_QUERY', { query: 'subscription { everything { id } }' }),
  hostile(
    'introspection without a key',
    'INTROSPECTION_REFUSED',
    { query: INTROSPECTION },
    { status: 403, as: 'NOBODY' },
  ),
  hostile(
    'introspection without a key, by an alias',
    'INTROSPECTION_REFUSED',
    { query: '{ a: __type(name: "Query") { name } }' },
    {
      ...{ status: 403, as: 'NOBODY' },
    },
  ),
  hostile(
    'introspection without a key, by a fragment',
    'INTROSPECTION_REFUSED',
    {
      query: `{ ...a } fragment a on Query { ... { __schema { types { name } } } }`,
    },
    { status: 403, as: 'NOBODY' },
  ),
];
