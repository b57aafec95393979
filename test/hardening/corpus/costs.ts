import { hostile, type HostileEntry, times } from './entry.ts';

const ROWS =
  'nodes { account policies { token asOf { blockNumber } } uses(first: 100) { nodes { transactionHash } } }';

/** What costs too much, however it is hidden. */
export const HOSTILE_COSTS: readonly HostileEntry[] = [
  hostile('a page of pages', 'QUERY_TOO_COSTLY', { query: `{ sessions(first: 100) { ${ROWS} } }` }),
  hostile('a page of pages by a variable', 'QUERY_TOO_COSTLY', {
    query: `query ($n: Int) { sessions(first: $n) { ${ROWS} } }`,
    variables: { n: 100 },
  }),
  hostile('a page of pages by the default of a variable', 'QUERY_TOO_COSTLY', {
    query: `query ($n: Int = 100) { sessions(first: $n) { ${ROWS} } }`,
  }),
  hostile('a page of pages in a fragment', 'QUERY_TOO_COSTLY', {
    query: `{ sessions(first: 100) { ...rows } } fragment rows on SessionConnection { ${ROWS} }`,
  }),
  hostile('a page of pages in a fragment of a fragment', 'QUERY_TOO_COSTLY', {
    query: `{ ...a } fragment a on Query { sessions(first: 100) { ...b } } fragment b on SessionConnection { nodes { ...c } } fragment c on Session { uses(first: 100) { nodes { transactionHash } } }`,
  }),
  hostile('a page of pages by edges', 'QUERY_TOO_COSTLY', {
    query:
      '{ sessions(first: 50) { edges { node { uses(first: 50) { edges { node { transactionHash } } } } } } }',
  }),
  hostile('a page of pages behind a condition', 'QUERY_TOO_COSTLY', {
    query: `query ($no: Boolean!) { sessions(first: 100) @include(if: $no) { ${ROWS} } }`,
    variables: { no: true },
  }),
  hostile('a page that is null, of pages', 'QUERY_TOO_COSTLY', {
    query: `{ sessions(first: null) { ${ROWS} } }`,
  }),
  hostile('a page below nothing, of pages', 'QUERY_TOO_COSTLY', {
    query: `{ sessions(first: -100) { ${ROWS} } }`,
  }),
  hostile('many dear questions', 'QUERY_TOO_COSTLY', {
    query: `{ ${times(25, (n) => `a${n}: digest(account: "0x${n + 1}") { digest }`)} }`,
  }),
  hostile('the dear operation of two', 'QUERY_TOO_COSTLY', {
    query: `query Cheap { indexer { network } } query Dear { sessions(first: 100) { ${ROWS} } }`,
    operationName: 'Dear',
  }),
];
