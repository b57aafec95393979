import { CANARY, hostile, type HostileEntry, times } from './entry.ts';

const subscription = (name: string, code: string, query: string): HostileEntry =>
  hostile(`a subscription ${name}`, code, { query });

/** Subscriptions that are refused before they begin, and over HTTP before it is said that there are none. */
export const HOSTILE_SUBSCRIPTIONS: readonly HostileEntry[] = [
  subscription('of two fields', 'BAD_QUERY', 'subscription { a: changed { id } b: changed { id } }'),
  subscription(
    'of two fields, one of them in a fragment',
    'BAD_QUERY',
    'subscription { changed { id } ...more } fragment more on Subscription { again: changed { id } }',
  ),
  subscription('of no field', 'BAD_QUERY', 'subscription { __typename }'),
  subscription('that is left out', 'BAD_QUERY', 'subscription { changed @skip(if: true) { id } }'),
  subscription(
    'that is left out by a variable, in a fragment',
    'BAD_QUERY',
    'subscription ($no: Boolean = false) { ... @include(if: $no) { changed { id } } }',
  ),
  subscription('to what is not told', 'BAD_QUERY', 'subscription { follows { account } }'),
  subscription(
    'to a fragment that spreads itself',
    'BAD_QUERY',
    'subscription { ...f } fragment f on Subscription { ...f }',
  ),
  subscription(
    'that is too deep',
    'QUERY_TOO_DEEP',
    `subscription { changed { ${'asOf { '.repeat(12)} blockNumber ${'} '.repeat(12)} } }`,
  ),
  subscription(
    'with too many aliases',
    'QUERY_TOO_MANY_ALIASES',
    `subscription { changed { ${times(31, (n) => `a${n}: id`)} } }`,
  ),
  subscription('that is too long', 'QUERY_TOO_LONG', `subscription { changed { ${'id '.repeat(2_001)} } }`),
  subscription(
    'with a secret',
    'SECRET_REJECTED',
    `subscription { changed(privateKey: "${CANARY}") { id } }`,
  ),
  subscription(
    'under the name of another operation',
    'BAD_QUERY',
    'subscription A { changed { id } } subscription B { changed { id } }',
  ),
];
