import { CANARY, hostile, type HostileEntry } from './entry.ts';

const SESSIONS = (args: string): string => `{ sessions(${args}) { nodes { account } } }`;
const PAGE = 'query ($n: Int) { sessions(first: $n) { nodes { account } } }';
const ACCOUNT = 'query ($a: Address!) { policies(account: $a) { nodes { token } } }';
const SESSION = 'query ($a: Address!, $k: SessionKey!) { session(account: $a, sessionKey: $k) { status } }';

/** An object in objects. */
const deep = (depth: number): object => {
  let value: object = { value: CANARY };
  for (let n = 0; n < depth; n += 1) value = { value };
  return value;
};

/** Values out of range, of wrong types, and where they do not belong. */
export const HOSTILE_INPUTS: readonly HostileEntry[] = [
  ...[0, -1, 101, 2_147_483_647].map((n) =>
    hostile(`a page of ${n} rows`, 'BAD_INPUT', { query: SESSIONS(`first: ${n}`) }, { status: 200 }),
  ),
  hostile('a page of null rows', 'BAD_INPUT', { query: SESSIONS('first: null') }, { status: 200 }),
  hostile('a page of a huge number of rows', 'BAD_QUERY', { query: SESSIONS('first: 99999999999999999999') }),
  hostile('a page by a text', 'BAD_QUERY', { query: SESSIONS(`first: "${CANARY}"`) }),
  hostile('a page by a broken number', 'BAD_QUERY', { query: SESSIONS('first: 1.5') }),
  hostile('a page by a variable of another type', 'BAD_INPUT', { query: PAGE, variables: { n: CANARY } }),
  hostile('a page by a number beyond all', 'BAD_INPUT', { query: PAGE, variables: { n: 1e308 } }),
  hostile('a page by a list', 'BAD_INPUT', { query: PAGE, variables: { n: [1, CANARY] } }),
  hostile('a page by an object', 'BAD_INPUT', { query: PAGE, variables: { n: { $gt: CANARY } } }),
  hostile('a variable that is missing', 'BAD_INPUT', { query: ACCOUNT }),
  hostile('a variable that is null', 'BAD_INPUT', { query: ACCOUNT, variables: { a: null } }),
  hostile('a variable that the document does not have, only by inheritance', 'BAD_INPUT', {
    query: 'query ($toString: Address!) { policies(account: $toString) { nodes { token } } }',
    variables: {},
  }),
  hostile('an address that is none', 'INVALID_ADDRESS', { query: ACCOUNT, variables: { a: CANARY } }),
  hostile('an address with SQL in it', 'INVALID_ADDRESS', {
    query: ACCOUNT,
    variables: { a: `0x1'; drop table follows; --${CANARY}` },
  }),
  hostile('an address in digits of another script', 'INVALID_ADDRESS', {
    query: ACCOUNT,
    variables: { a: '\u0661\u0662' },
  }),
  hostile('an address with a zero byte', 'INVALID_ADDRESS', {
    query: ACCOUNT,
    variables: { a: '0x1\u0000' },
  }),
  hostile('the address nought', 'INVALID_ADDRESS', { query: ACCOUNT, variables: { a: '-0' } }),
  hostile('an address that JSON does not carry exactly', 'BAD_INPUT', {
    query: ACCOUNT,
    variables: { a: 2 ** 60 },
  }),
  hostile('a session key beyond the field', 'INVALID_SESSION_KEY', {
    query: SESSION,
    variables: { a: '0x1', k: `0x${'f'.repeat(64)}` },
  }),
  hostile('a session key that is a text, in the document', 'INVALID_SESSION_KEY', {
    query: `{ session(account: "0x1", sessionKey: "${CANARY}") { status } }`,
  }),
  hostile('a time with a sign', 'BAD_INPUT', { query: SESSIONS('expiresBefore: "-1"') }),
  hostile('a time of a million digits less', 'BAD_INPUT', {
    query: SESSIONS(`expiresBefore: ${'9'.repeat(9_000)}`),
  }),
  hostile('an order that is none', 'BAD_QUERY', { query: SESSIONS(`orderBy: ${CANARY}`) }),
  hostile('an order by a variable', 'BAD_INPUT', {
    query: 'query ($o: SessionOrder) { sessions(orderBy: $o) { nodes { account } } }',
    variables: { o: CANARY },
  }),
  hostile('a member that the input does not have', 'BAD_INPUT', {
    query: 'query ($at: At) { sessions(at: $at) { nodes { account } } }',
    variables: { at: { blockNumber: 1, [`x${CANARY.slice(0, 3)}`]: CANARY } },
  }),
  hostile(
    'two points at once',
    'BAD_INPUT',
    { query: SESSIONS('at: { blockNumber: 1, timestamp: 1 }') },
    { status: 200 },
  ),
  hostile(
    'a chain that is not served',
    'CHAIN_UNKNOWN',
    { query: SESSIONS('chainId: "SN_MAIN"') },
    { status: 200 },
  ),
  hostile('variables a thousand deep', 'BAD_INPUT', { query: PAGE, variables: { n: deep(1_000) } }),
  hostile('a list of 20,000 values', 'BAD_INPUT', {
    query: 'query ($a: Address!, $t: [Address!]) { risk(account: $a, tokens: $t) { tokens { token } } }',
    variables: { a: '0x1', t: Array.from({ length: 20_000 }, () => 1) },
  }),
  hostile(
    'variables that reach for the prototype',
    'BAD_INPUT',
    JSON.parse(`{"query":"{ indexer { network } }","variables":{"__proto__":{"n":"${CANARY}"}}}`),
  ),
  hostile(
    'a prototype within a value',
    'BAD_INPUT',
    JSON.parse(
      `{"query":"query ($at: At) { sessions(at: $at) { nodes { account } } }","variables":{"at":{"__proto__":{"blockNumber":1}}}}`,
    ),
  ),
  hostile('a text that does not end', 'BAD_QUERY', { query: `{ sessions(after: "${CANARY}` }),
  hostile('a text where a name belongs', 'BAD_QUERY', { query: `{ "${CANARY}" }` }),
  hostile('a number where a name belongs', 'BAD_QUERY', { query: '{ 123456789012345 }' }),
  hostile('a list of requests', 'BATCH_REFUSED', [{ query: '{ indexer { network } }' }], { closes: 4400 }),
  hostile('an empty list', 'BATCH_REFUSED', [], { closes: 4400 }),
  hostile('nothing', 'BAD_QUERY', {}, { closes: 4400 }),
  hostile('a text', 'BAD_QUERY', CANARY, { closes: 4400 }),
  hostile('a query that is a number', 'BAD_QUERY', { query: 1 }, { closes: 4400 }),
  hostile('a query that is a list', 'BAD_QUERY', { query: ['{ indexer { network } }'] }, { closes: 4400 }),
  hostile('an empty query', 'BAD_QUERY', { query: '' }),
  hostile('variables that are a list', 'BAD_QUERY', { query: PAGE, variables: [CANARY] }, { closes: 4400 }),
  hostile('variables that are a text', 'BAD_QUERY', { query: PAGE, variables: CANARY }, { closes: 4400 }),
  hostile(
    'an operationName that is an object',
    'BAD_QUERY',
    { query: PAGE, operationName: { a: CANARY } },
    { closes: 4400 },
  ),
  hostile('extensions that are a text', 'BAD_QUERY', { query: PAGE, extensions: CANARY }, { closes: 4400 }),
  hostile(
    'a query of 1 MB',
    'BODY_TOO_LARGE',
    { query: `{ ${'a '.repeat(500_000)} }` },
    { status: 413, closes: 1009 },
  ),
  hostile(
    'a variable of 1 MB',
    'BODY_TOO_LARGE',
    { query: PAGE, variables: { n: 'x'.repeat(1_000_000) } },
    { status: 413, closes: 1009 },
  ),
];
