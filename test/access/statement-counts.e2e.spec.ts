import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { rootFieldsOf } from './matrix/complete.ts';
import { schemaOf } from './matrix/role-table.ts';
import type { Things } from './matrix/things.ts';
import { openWorld, type World } from './matrix/world.ts';
import { PERIOD } from './samples/finance.ts';

jest.setTimeout(120_000);

const IN_BERLIN = PERIOD.replace(' }', ', timeZone: "Europe/Berlin" }');

/** A question as a client asks it, and how many statements it takes. */
type Counted = readonly [what: string, document: (things: Things) => string, statements: number];

const of = ({ account }: Things): string => `account: "${account}"`;
const key = ({ account, sessionKey }: Things): string => `account: "${account}", sessionKey: "${sessionKey}"`;

/** Of each policy, all of one token. */
const MANY = 150;
const manyAmounts = (t: Things): string =>
  `{ policies(${of(t)}) { nodes { ${Array.from({ length: MANY }, (_, at) => `a${at}: remainingScaled`).join(' ')} } } }`;

/**
 * One statement for an object or a page, whatever is on it, and one more for each kind of list below it. A root field that
 * is not here is red: say how many it takes.
 */
const COUNTED: Readonly<Record<string, readonly Counted[]>> = {
  'Query.apiKeys': [['a page', () => '{ apiKeys { nodes { id scope { accounts } } } }', 1]],
  'Query.auditLog': [['a page and the end', () => '{ auditLog { nodes { id } head { hash } } }', 2]],
  'Query.budgets': [
    ['of all', () => '{ budgets(groupBy: [ACCOUNT]) { sums { remaining } accounts } }', 1],
    [
      'by group',
      () => '{ budgets(groupBy: [GROUP]) { sums { group { name } remaining } totals { remaining } } }',
      1,
    ],
  ],
  'Query.exports': [['a page', () => '{ exports { nodes { id format } pageInfo { endCursor } } }', 1]],
  'Query.followRules': [['all', () => '{ followRules { id kind } }', 1]],
  'Query.groups': [['all', () => '{ groups { id name accountCount } }', 1]],
  'Query.members': [['a page', () => '{ members { nodes { id name } } }', 1]],
  'Query.spending': [
    [
      'a page, with the time zone of the organisation',
      () => `{ spending(input: { ${PERIOD}, groupBy: [ACCOUNT] }) { rows { debited } totals { debited } } }`,
      2,
    ],
    [
      'a page in a time zone',
      () => `{ spending(input: { ${IN_BERLIN}, groupBy: [GROUP] }) { rows { debited } totals { debited } } }`,
      1,
    ],
    [
      'two reports with one look at the time zone',
      () =>
        `{ a: spending(input: { ${PERIOD} }) { totals { debited } } b: spending(input: { ${PERIOD}, groupBy: [TEAM] }) { totals { debited } } }`,
      3,
    ],
  ],
  'Query.topKeys': [
    ['by burned calls', () => `{ topKeys(by: BURNED_CALLS, ${IN_BERLIN}) { nodes { callsBurned } } }`, 1],
    [
      'by spend, with the time zone of the organisation',
      (t) => `{ topKeys(by: SPEND, ${PERIOD}, filter: { token: "${t.token}" }) { nodes { amount } } }`,
      2,
    ],
    [
      'by exposure',
      (t) => `{ topKeys(by: EXPOSURE, filter: { token: "${t.token}" }) { nodes { amount } } }`,
      1,
    ],
  ],
  'Query.account': [
    ['one with its groups', ({ account }) => `{ account(address: "${account}") { id groups { name } } }`, 1],
  ],
  'Query.accounts': [
    ['a page', () => '{ accounts { nodes { id address label sessionKeyCount } } }', 1],
    ['a page with the groups of each', () => '{ accounts { nodes { id groups { name } } } }', 1],
  ],
  'Query.backfills': [['all', () => '{ backfills { account progress { done } } }', 1]],
  'Query.changes': [
    [
      'between two blocks',
      (t) => `{ changes(${of(t)}, from: { blockNumber: 1 }) { sessions { sessionKey } policies { token } } }`,
      1,
    ],
    [
      'between two blocks, in whole tokens',
      (t) =>
        `{ changes(${of(t)}, from: { blockNumber: 1 }) { policies { spentScaled after { remainingScaled } } } }`,
      2,
    ],
  ],
  'Query.debits': [
    ['a page', (t) => `{ debits(${of(t)}) { nodes { amount } recordedFrom } }`, 1],
    ['in whole tokens', (t) => `{ debits(${of(t)}) { nodes { amountScaled movedAmountScaled } } }`, 2],
  ],
  'Query.digest': [['of an account, in one snapshot', (t) => `{ digest(${of(t)}) { digest } }`, 7]],
  'Query.findings': [
    ['a page', (t) => `{ findings(${of(t)}) { nodes { findings { code } } accountFindings { code } } }`, 1],
  ],
  'Query.getSessionData': [
    [
      'one',
      ({ account, sessionKey }) =>
        `{ getSessionData(walletAddress: "${account}", sessionPublicKey: "${sessionKey}") { isActive } }`,
      1,
    ],
  ],
  'Query.incidents': [['all', () => '{ incidents { kind details } }', 1]],
  'Query.indexer': [
    ['without what asks the database', () => '{ indexer { network head { blockNumber } } }', 0],
    ['with accounts that wait', () => '{ indexer { network accounts { done total secondsLeft } } }', 1],
    ['with dead letters', () => '{ indexer { network deadLetters } }', 1],
  ],
  'Query.movements': [['a page', (t) => `{ movements(${of(t)}) { nodes { amount } } }`, 1]],
  'Query.node': [
    ['an account', ({ accountId }) => `{ node(id: "${accountId}") { id } }`, 1],
    [
      'a session',
      ({ sessionId }) => `{ node(id: "${sessionId}") { id ... on Session { policies { token } } } }`,
      1,
    ],
    ['a policy', ({ policyId }) => `{ node(id: "${policyId}") { id } }`, 1],
    ['a use', ({ useId }) => `{ node(id: "${useId}") { id } }`, 1],
    ['a debit', ({ debitId }) => `{ node(id: "${debitId}") { id ... on Debit { review { state } } } }`, 1],
    ['a movement', ({ movementId }) => `{ node(id: "${movementId}") { id } }`, 1],
  ],
  'Query.nodes': [
    [
      'one for each kind',
      ({ sessionId, accountId, useId, policyId, debitId, movementId }) =>
        `{ nodes(ids: ["${[sessionId, accountId, useId, policyId, debitId, movementId].join('", "')}"]) { id } }`,
      6,
    ],
    ...(['accountId', 'sessionId', 'policyId', 'useId', 'debitId', 'movementId'] as const).map(
      (kind): Counted => [
        `fifty of a kind: ${kind}`,
        (things) => `{ nodes(ids: [${Array(50).fill(`"${things[kind]}"`).join(', ')}]) { id } }`,
        1,
      ],
    ),
  ],
  'Query.policies': [
    ['a page', (t) => `{ policies(${of(t)}) { nodes { remaining } } }`, 1],
    ['in whole tokens', (t) => `{ policies(${of(t)}) { nodes { remainingScaled maxPerWindowScaled } } }`, 2],
    ['in whole tokens, more amounts than one look-up takes', manyAmounts, 2],
    [
      'in whole tokens, beside debits',
      (t) =>
        `{ policies(${of(t)}) { nodes { remainingScaled } } debits(${of(t)}) { nodes { amountScaled } } }`,
      3,
    ],
  ],
  'Query.policyHistory': [
    ['a page', (t) => `{ policyHistory(${key(t)}) { nodes { kind usesSince } } }`, 1],
    [
      'a page in whole tokens',
      (t) =>
        `{ policyHistory(${key(t)}) { nodes { spentBeforeScaled before { maxPerCallScaled } after { maxPerWindowScaled } } } }`,
      2,
    ],
  ],
  'Query.risk': [
    ['of an account', (t) => `{ risk(${of(t)}) { tokens { atRisk keys { atRisk } } } }`, 1],
    [
      'of an account, in whole tokens',
      (t) =>
        `{ risk(${of(t)}) { tokens { atRiskScaled balanceScaled keys { atRiskScaled throughBudgetsScaled } } } }`,
      2,
    ],
  ],
  'Query.session': [
    [
      'with its policies',
      (t) => `{ session(${key(t)}) { status policies { token } blockedBy { code } } }`,
      1,
    ],
    ['with its uses', (t) => `{ session(${key(t)}) { status uses { nodes { outcome } } } }`, 2],
  ],
  'Query.sessionHistory': [
    ['a page', (t) => `{ sessionHistory(${key(t)}) { nodes { kind usesSince } } }`, 1],
  ],
  'Query.sessions': [
    [
      'a page with policies',
      () => '{ sessions { nodes { status policies { token } blockedBy { code } } } }',
      1,
    ],
    [
      'a page with the uses of each',
      () => '{ sessions { nodes { status uses(first: 20) { nodes { id } } } } }',
      2,
    ],
    [
      'a page with two lists of uses each',
      () =>
        '{ sessions { nodes { status a: uses(first: 1) { nodes { id } } b: uses(first: 20) { nodes { id } } } } }',
      3,
    ],
  ],
  'Query.spendingSummary': [
    ['of an account', (t) => `{ spendingSummary(${of(t)}) { tokens { debited causes { cause } } } }`, 1],
    [
      'of an account, in whole tokens',
      (t) =>
        `{ spendingSummary(${of(t)}) { tokens { debitedScaled receivedScaled causes { movedScaled differenceScaled } } } }`,
      2,
    ],
  ],
  'Query.use': [
    [
      'of a transaction',
      ({ transactionHash }) => `{ use(transactionHash: "${transactionHash}") { nodes { outcome } } }`,
      1,
    ],
  ],
  'Query.uses': [
    ['a page', (t) => `{ uses(${of(t)}) { nodes { outcome } } }`, 1],
    [
      'in whole tokens',
      (t) => `{ uses(${of(t)}) { nodes { debits { amountScaled spentAfterScaled } } } }`,
      2,
    ],
  ],
  'Query.viewer': [
    ['who asks', () => '{ viewer { role organisation { name } } }', 0],
    ['the time zone of his organisation', () => '{ viewer { organisation { timeZone } } }', 1],
  ],
};

describe('the statements of a question', () => {
  const database = withDatabase();
  let world: World;
  beforeAll(async () => {
    world = await openWorld(database, { settings: { maxQueryAliases: MANY } });
  }, 120_000);
  afterAll(() => world.close());

  it('are counted for every root field', () => {
    const fields = rootFieldsOf(schemaOf(world.server)).filter((field) => field.startsWith('Query.'));
    expect(fields.filter((field) => (COUNTED[field] ?? []).length === 0)).toEqual([]);
    expect(Object.keys(COUNTED).filter((field) => !fields.includes(field))).toEqual([]);
  });

  it('are as many as the table says, however much is on a page', async () => {
    const asked: unknown[] = [];
    for (const [what, document, statements] of Object.values(COUNTED).flat()) {
      const text = document(world.theirs);
      await world.ask('ADMIN', text);
      const answer = await world.ask('ADMIN', text);
      expect([what, answer.errors]).toEqual([what, []]);
      if (answer.statements !== statements) asked.push([text, answer.statements, statements]);
    }
    expect(asked).toEqual([]);
  });

  it('give each session its own uses', async () => {
    const document =
      '{ sessions { nodes { account sessionKey callsUsed uses { nodes { account sessionKey } } } } }';
    const { data } = await world.ask('ADMIN', document);
    const { nodes } = data?.['sessions'] as {
      nodes: { account: string; sessionKey: string; uses: { nodes: object[] } }[];
    };
    expect(nodes.map(({ uses }) => uses.nodes.length).sort()).toEqual([0, 3]);
    for (const { account, sessionKey, uses } of nodes)
      for (const use of uses.nodes) expect(use).toEqual({ account, sessionKey });
  });
});
