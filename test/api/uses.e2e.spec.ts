import { beforeAll, describe, expect, it } from '@jest/globals';
import { DERIVED_TRANSACTION_INDEX, type JsonObject, type NewFact } from '#libs/facts';
import { feltToHex, selectorOf, toFelt } from '#libs/felt';
import { writeUses } from '#libs/sessions';
import { asAddress, asKey, withDatabase } from '#libs/testing';
import { at, HEAD, listAt, withServer } from './with-server.ts';

const A = asAddress(0xa1n);
const B = asAddress(0xb1n);
const KEY = asKey(1n);
const OTHER = asKey(2n);
const TRANSACTION = toFelt(0x7a);

const payload: JsonObject = {
  path: 'INVOKE',
  outcome: 'SUCCEEDED',
  attribution: 'REPLAY',
  sender: feltToHex(A),
  topLevel: true,
  signatureValidUntilSeconds: '5000',
  outsideNonce: null,
  outsideCaller: null,
  calls: [{ to: '0x70', selector: feltToHex(selectorOf('transfer')), calldata: ['0x1'], failed: null }],
  callsUsedBefore: '0',
  callsUsedAfter: '1',
  maxCalls: '10',
  debits: [
    {
      callIndex: '0',
      token: '0x70',
      selector: feltToHex(selectorOf('transfer')),
      amount: '115792089237316195423570985008687907853269984665640564039457584007913129639935',
      spentBefore: '0',
      spentAfter: '115792089237316195423570985008687907853269984665640564039457584007913129639935',
      windowStartSeconds: '1700000000',
      windowStarted: true,
    },
  ],
  refusal: null,
  revertReason: null,
  fee: { amount: '1234567890123456789', unit: 'FRI', payer: feltToHex(A) },
  feeShared: false,
  executionStatus: 'SUCCEEDED',
};

const fact = (eventIndex: number, more: Partial<NewFact>, changed: JsonObject = {}): NewFact => ({
  account: A,
  blockNumber: HEAD.blockNumber,
  blockHash: HEAD.blockHash,
  transactionIndex: 3,
  eventIndex: 1_000_000 + eventIndex,
  transactionHash: TRANSACTION,
  kind: 'SessionCallConsumed',
  sessionKey: KEY,
  token: undefined,
  payload: { ...payload, ...changed },
  ...more,
});

const REFUSED = {
  outcome: 'REVERTED',
  path: 'OUTSIDE_EXECUTION',
  debits: null,
  refusal: {
    code: 'SPENDING_PER_CALL_EXCEEDED',
    rule: 'PER_CALL',
    callIndex: '0',
    panicText: 'x',
    confirmed: true,
  },
};
const UNEXPLAINED: Partial<NewFact> = {
  kind: 'SessionCallUnattributed',
  transactionIndex: DERIVED_TRANSACTION_INDEX,
  transactionHash: undefined,
  payload: {
    delta: '2',
    reason: 'TRACE_UNAVAILABLE',
    callsUsedAfter: '4',
    tokens: ['0x70'],
    transactionHashes: ['0x99'],
  },
};

const USES = `query ($account: Address!, $key: SessionKey, $outcome: [UseOutcome!], $path: UsePath, $first: Int, $after: String) {
  uses(account: $account, sessionKey: $key, outcome: $outcome, path: $path, first: $first, after: $after) {
    nodes {
      sessionKey outcome callsBurned path attribution transactionHash transactionIndex blockNumber timestamp sender
      callsUsedBefore callsUsedAfter maxCalls revertReason
      calls { name failed } debits { callIndex amount spentAfter windowStart } refusal { code rule callIndex confirmed }
      fee { amount unit payer shared } unattributed { reason tokens transactionHashes }
    }
    pageInfo { hasNextPage endCursor }
    asOf { blockNumber }
    history { completeFrom }
  }
}`;

describe('uses over GraphQL', () => {
  const database = withDatabase();
  const spec = withServer(database);

  beforeAll(async () => {
    const { rows, networkId } = spec;
    await rows.head(networkId, HEAD);
    await rows.account(networkId, A, {});
    await rows.account(networkId, B, {});
    await rows.session(networkId, A, KEY, {});
    await database.commit((trx) =>
      writeUses(trx, networkId, [
        fact(0, {}),
        fact(1, { kind: 'SessionCallDenied', sessionKey: OTHER }, REFUSED),
        fact(0, UNEXPLAINED),
        fact(0, { kind: 'SessionKeyAdded', transactionIndex: 1 }),
      ]),
    );
  });

  const uses = async (variables: Record<string, unknown> = {}) =>
    at((await spec.ask(USES, { account: feltToHex(A), ...variables })).data, 'uses');

  it('say the same of each field whether it is asked alone, or beside any other', async () => {
    const page = (fields: string) => `{ uses(account: "${feltToHex(A)}") { ${fields} } }`;
    const type = await spec.ask(
      '{ __type(name: "Use") { fields { name type { name kind ofType { name kind ofType { name kind } } } } } }',
    );
    const selections: Readonly<Record<string, string | undefined>> = {
      calls: '{ to selector calldata failed }',
      debits: '{ token amount spentBefore }',
      fee: '{ amount unit payer shared }',
      refusal: '{ code rule panicText }',
      unattributed: '{ reason tokens }',
    };
    const asked = listAt(type.data, '__type', 'fields').map((field) => {
      const name = at(field, 'name') as string;
      return `${name} ${selections[name] ?? ''}`;
    });
    const all = listAt((await spec.ask(page(`nodes { ${asked.join(' ')} }`))).data, 'uses', 'nodes');
    expect(all).toHaveLength(3);
    for (const field of asked) {
      const name = field.split(' ')[0]!;
      const expected = all.map((use) => ({ [name]: at(use, name) }));
      const answers = [
        page(`nodes { ${field} }`),
        page(`edges { node { ...on Use { ${field} } } }`),
        `query ($no: Boolean = true) ${page('nodes { ...some @include(if: $no) }')} fragment some on Use { ${field} }`,
      ];
      for (const document of answers) {
        const { data, errors } = await spec.ask(document);
        const nodes = at(data, 'uses', 'nodes') as unknown[] | undefined;
        const found = nodes ?? listAt(data, 'uses', 'edges').map((edge) => at(edge, 'node'));
        expect([document, errors, found]).toEqual([document, [], expected]);
      }
    }
  });

  it('come newest first, with amounts beyond a double as they are', async () => {
    const answer = await uses();
    expect(at(answer, 'asOf', 'blockNumber')).toBe(100);
    expect(listAt(answer, 'nodes')).toMatchObject([
      {
        outcome: 'UNATTRIBUTED',
        callsBurned: 2,
        path: null,
        transactionHash: null,
        transactionIndex: null,
        calls: null,
        fee: null,
        unattributed: { reason: 'TRACE_UNAVAILABLE', tokens: ['0x70'], transactionHashes: ['0x99'] },
      },
      {
        outcome: 'REVERTED',
        callsBurned: 0,
        debits: null,
        refusal: { code: 'SPENDING_PER_CALL_EXCEEDED', callIndex: 0 },
      },
      {
        outcome: 'SUCCEEDED',
        callsBurned: 1,
        transactionHash: '0x7a',
        callsUsedBefore: 0,
        callsUsedAfter: 1,
        calls: [{ name: 'transfer', failed: null }],
        debits: [{ callIndex: 0, amount: (payload['debits'] as unknown as [{ amount: string }])[0].amount }],
        fee: { amount: '1234567890123456789', unit: 'FRI', payer: feltToHex(A), shared: false },
        refusal: null,
      },
    ]);
  });

  it('are filtered by key, outcome and path', async () => {
    const outcomes = async (variables: Record<string, unknown>) =>
      listAt(await uses(variables), 'nodes').map((node) => at(node, 'outcome'));
    expect(await outcomes({ key: '0x2' })).toEqual(['REVERTED']);
    expect(await outcomes({ outcome: ['SUCCEEDED', 'UNATTRIBUTED'] })).toEqual(['UNATTRIBUTED', 'SUCCEEDED']);
    expect(await outcomes({ path: 'INVOKE' })).toEqual(['SUCCEEDED']);
  });

  it('come in pages that neither repeat nor leave out', async () => {
    const first = await uses({ first: 2 });
    expect(at(first, 'pageInfo', 'hasNextPage')).toBe(true);
    const next = await uses({ first: 2, after: at(first, 'pageInfo', 'endCursor') });
    expect(listAt(next, 'nodes')).toMatchObject([{ outcome: 'SUCCEEDED' }]);
    expect(at(next, 'pageInfo', 'hasNextPage')).toBe(false);
  });

  it('are found by their transaction, several of one', async () => {
    const query = '{ use(transactionHash: "0x7a") { nodes { outcome } asOf { blockNumber } } }';
    const { data } = await spec.ask(query);
    expect(at(data, 'use')).toEqual({
      nodes: [{ outcome: 'SUCCEEDED' }, { outcome: 'REVERTED' }],
      asOf: { blockNumber: 100 },
    });
    const other = await spec.ask('{ use(transactionHash: "0x7b") { nodes { outcome } } }');
    expect(at(other.data, 'use', 'nodes')).toEqual([]);
  });

  it('stand under their session', async () => {
    const query = `{ sessions(account: "${feltToHex(A)}") { nodes { sessionKey uses(first: 1) { nodes { outcome } pageInfo { hasNextPage } } } } }`;
    const { data } = await spec.ask(query);
    expect(at(data, 'sessions', 'nodes', 0, 'uses')).toEqual({
      nodes: [{ outcome: 'UNATTRIBUTED' }],
      pageInfo: { hasNextPage: true },
    });
  });

  it('quarantine the account where one is not attributed, and no other account', async () => {
    const { data } = await spec.ask('{ accounts { nodes { address attribution } } }');
    expect(at(data, 'accounts', 'nodes')).toEqual([
      { address: feltToHex(A), attribution: 'QUARANTINED' },
      { address: feltToHex(B), attribution: 'EXACT' },
    ]);
  });

  it('are refused for an account that is not followed', async () => {
    expect((await spec.ask(USES, { account: '0xdead' })).codes).toEqual(['ACCOUNT_NOT_FOLLOWED']);
  });
});
