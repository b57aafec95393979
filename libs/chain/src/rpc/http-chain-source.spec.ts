import { afterEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { type Address, feltToHex, toAddress, toClassHash, toFelt } from '#libs/felt';
import { blockAnswer, invokeAnswer, stateUpdateAnswer } from '../../testing/answers.ts';
import { until } from '../../testing/fake-clock.ts';
import { CALL_DEADLINE_MS, type HttpHarness, startHttpHarness } from '../../testing/http-harness.ts';
import { always, failureOf, isGenesis, once } from '../../testing/node-scripts.ts';
import { extend } from '../../testing/scripted-chain.ts';
import type { NodeAnswer } from '../../testing/scripted-node.ts';
import { createHttpChainSource } from './http-chain-source.ts';

let harness: HttpHarness;
const start = async (...setup: Parameters<typeof startHttpHarness>): Promise<HttpHarness> => {
  harness = await startHttpHarness(...setup);
  return harness;
};
afterEach(() => harness.close());

describe('an answer that cannot be used', () => {
  it.each<[string, NodeAnswer, string]>([
    ['HTTP 500', { status: 500, body: 'oops' }, 'RPC_UNAVAILABLE'],
    ['HTTP 503 with HTML', { status: 503, body: '<html>SECRETKEY</html>' }, 'RPC_UNAVAILABLE'],
    ['a reset', 'reset', 'RPC_UNAVAILABLE'],
    ['HTTP 200 with HTML', { body: '<html>/v2/SECRETKEY</html>' }, 'RPC_MALFORMED'],
    ['an empty body', { body: '' }, 'RPC_MALFORMED'],
    ['cut JSON', { body: '{"jsonrpc":"2.0","id":' }, 'RPC_MALFORMED'],
    ['a body that breaks off', { cutAfter: '{"jsonrpc"' }, 'RPC_MALFORMED'],
    ['another id', { body: '{"jsonrpc":"2.0","id":999999,"result":{}}' }, 'RPC_MALFORMED'],
    [
      'another block',
      { result: blockAnswer(extend([], 3)[2]!, [], { transaction_count: 3 }) },
      'ANSWER_MISMATCH',
    ],
    [
      'a redirect',
      { status: 307, headers: { location: 'http://127.0.0.1:1/' }, body: '' },
      'RPC_UNAVAILABLE',
    ],
    ['an internal error', { error: { code: -32603, message: 'at /v2/SECRETKEY' } }, 'RPC_UNAVAILABLE'],
    ['an error under HTTP 400', { status: 400, body: '{"id":1,"error":{"code":-32000}}' }, 'RPC_UNAVAILABLE'],
  ])('%s is asked for again', async (_, answer, code) => {
    const { nodes, source, clock, incidents } = await start();
    nodes[0]!.script = once([answer]);
    expect((await source.head()).blockNumber).toBe(4);
    expect(incidents).toMatchObject([{ kind: 'CALL_FAILED', provider: 'node 0', code }]);
    expect(clock.sleeps).toContain(187.5);
  });

  it('is given up after some tries, with what was wrong', async () => {
    const { nodes, source, clock } = await start(1, { maxAttempts: 3 });
    nodes[0]!.script = always({ body: '<html>' });
    expect(await failureOf(source.head())).toMatchObject({ code: 'RPC_MALFORMED', retryable: true });
    expect(nodes[0]!.requests.filter(({ params }) => params['block_id'] === 'latest')).toHaveLength(3);
    expect(clock.sleeps.filter((ms) => ms < CALL_DEADLINE_MS)).toEqual([187.5, 375]);
  });

  it('is asked of the next provider at once', async () => {
    const { nodes, source, clock } = await start(2);
    nodes[0]!.script = always('reset');
    expect((await source.head()).blockNumber).toBe(4);
    expect(nodes[1]!.requests.length).toBeGreaterThan(0);
    expect(clock.sleeps.filter((ms) => ms < CALL_DEADLINE_MS)).toEqual([]);
  });

  it('never shows the URL, however the failure is printed', async () => {
    const { nodes, source } = await start(1, { maxAttempts: 1 });
    for (const answer of [
      { body: '<a href="/v2/SECRETKEY">' },
      { status: 500, body: '/v2/SECRETKEY' },
      { error: { code: -32000, message: 'POST /v2/SECRETKEY failed' } },
      { error: { code: 24, message: 'SECRETKEY' } },
      'reset',
      { cutAfter: 'SECRETKEY' },
    ] satisfies NodeAnswer[]) {
      nodes[0]!.script = always(answer);
      const error = await failureOf(source.head());
      expect(inspect(error, { depth: 10 })).not.toContain('SECRETKEY');
    }
    const unlabelled = createHttpChainSource({ providers: [{ url: nodes[0]!.url }], maxAttempts: 1 });
    expect((await failureOf(unlabelled.head())).message).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/\*\*\* starknet_/,
    );
    await unlabelled.close();
    for (const url of ['SECRETKEY', 'ftp://host/SECRETKEY', 'http//x/SECRETKEY']) {
      const error = await failureOf(
        Promise.resolve().then(() => createHttpChainSource({ providers: [{ url }] })),
      );
      expect(error.code).toBe('PROVIDER_URL_INVALID');
      expect(inspect(error)).not.toContain('SECRETKEY');
    }
  });
});

describe('limits on time and size', () => {
  it('gives a silent node up at the deadline', async () => {
    const { nodes, source, clock } = await start(1, { maxAttempts: 1 });
    await source.head();
    nodes[0]!.script = always('silence');
    const asked = nodes[0]!.requests.length;
    const failure = failureOf(source.head());
    await until('the question', () => nodes[0]!.requests.length > asked);
    await clock.advance(CALL_DEADLINE_MS);
    expect(await failure).toMatchObject({ code: 'RPC_TIMEOUT', retryable: true });
  });

  it('stops at once when the caller does', async () => {
    const { nodes, source } = await start();
    nodes[0]!.script = always('silence');
    const stopping = new AbortController();
    const failure = failureOf(source.head({ signal: stopping.signal }));
    await until('the question', () =>
      nodes[0]!.requests.some(({ params }) => params['block_id'] === 'latest'),
    );
    stopping.abort();
    expect(await failure).toMatchObject({ code: 'ABORTED', retryable: false });
  });

  it.each([{ 'content-length': '3000000' }, { 'transfer-encoding': 'chunked' }])(
    'does not read an answer that is too large: %p',
    async (headers) => {
      const { nodes, source } = await start(1, { maxAttempts: 1, maxAnswerBytes: 100_000 });
      nodes[0]!.script = always({ headers, body: ' '.repeat(3_000_000) });
      const error = await failureOf(source.head());
      expect(error).toMatchObject({ code: 'RPC_MALFORMED' });
      expect(error.message).toContain('100000 bytes');
    },
  );

  it('does not unpack what it did not ask to be packed', async () => {
    const { nodes, source } = await start(1, { maxAttempts: 1 });
    nodes[0]!.script = always({ headers: { 'content-encoding': 'gzip' }, body: '\u001f\u008b' });
    expect(await failureOf(source.head())).toMatchObject({ code: 'RPC_MALFORMED' });
  });
});

describe('a provider that wants to be left alone', () => {
  const limited: NodeAnswer = { status: 429, headers: { 'retry-after': '20' }, body: 'slow down' };

  it('is waited for as long as it says', async () => {
    const { nodes, source, clock, incidents } = await start();
    nodes[0]!.script = once([limited]);
    await source.head();
    expect(clock.sleeps).toContain(20_000);
    expect(incidents).toMatchObject([{ kind: 'PAUSED', code: 'RPC_RATE_LIMITED', retryAfterMs: 20_000 }]);
  });

  it('measures a date by the clock of the node, since ours may be off', async () => {
    const { nodes, source, clock } = await start();
    const [date, later] = ['Sat, 21 Nov 2099 10:00:00 GMT', 'Sat, 21 Nov 2099 10:00:07 GMT'];
    nodes[0]!.script = once([{ status: 429, headers: { date, 'retry-after': later }, body: '' }]);
    await source.head();
    expect(clock.sleeps).toContain(7_000);
  });

  it('does not hold up the others', async () => {
    const { nodes, source, clock } = await start(2);
    nodes[0]!.script = once([limited]);
    await source.head();
    await source.head();
    await source.head();
    expect(nodes[0]!.requests.filter(({ params }) => params['block_id'] === 'latest')).toHaveLength(1);
    expect(clock.sleeps.filter((ms) => ms < CALL_DEADLINE_MS)).toEqual([]);
  });

  it('is not waited for beyond the deadline of the question', async () => {
    const { nodes, source } = await start(1, { questionDeadlineMs: 10_000 });
    nodes[0]!.script = always(limited);
    expect(await failureOf(source.head())).toMatchObject({ code: 'RPC_RATE_LIMITED', retryAfterMs: 20_000 });
  });

  it('is not asked more often than its budget', async () => {
    const { nodes, source, clock } = await start(1);
    await source.close();
    const budgeted = createHttpChainSource({
      providers: [{ url: nodes[0]!.url, callsPerSecond: 5 }],
      clock,
      callDeadlineMs: CALL_DEADLINE_MS,
    });
    const from = clock.nowMs();
    for (let call = 0; call < 22; call += 1) await budgeted.head();
    // 25 calls with the three of the check, five of them at once.
    expect(clock.nowMs() - from).toBeGreaterThanOrEqual(4000);
    expect(clock.nowMs() - from).toBeLessThan(4500);
    await budgeted.close();
  });

  it('leaves calls beyond its budget to the next provider', async () => {
    const { nodes, clock } = await start(2);
    const source = createHttpChainSource({
      providers: nodes.map(({ url }) => ({ url, callsPerSecond: 10 })),
      clock,
      callDeadlineMs: CALL_DEADLINE_MS,
    });
    for (let call = 0; call < 14; call += 1) await source.head();
    expect(nodes.map((node) => node.requests.length)).toEqual([10, 10]);
    await source.close();
  });

  it('is not asked at all while its circuit is open, then probed once', async () => {
    const { nodes, source, clock, incidents } = await start(2);
    nodes[0]!.script = () => 'reset';
    for (let call = 0; call < 6; call += 1) {
      await source.head();
      await clock.advance(500);
    }
    expect(incidents.map(({ kind }) => kind)).toEqual([
      'CALL_FAILED',
      'CALL_FAILED',
      'CIRCUIT_OPENED',
      'CIRCUIT_OPENED',
    ]);
    nodes[0]!.script = () => undefined;
    await clock.advance(60_000);
    nodes[0]!.requests.length = 0;
    await Promise.all([source.head(), source.head(), source.head()]);
    expect(nodes[0]!.count('starknet_chainId')).toBe(1);
    expect(nodes[0]!.count('starknet_getBlockWithTxHashes')).toBe(4);
  });
});

describe('a block that is not there', () => {
  it('is believed when every provider says so', async () => {
    const { nodes, source } = await start(2);
    const error = await failureOf(source.header({ blockNumber: 99 }));
    expect(error).toMatchObject({ code: 'BLOCK_NOT_FOUND', retryable: true, rpcCode: 24 });
    expect(nodes.map((node) => node.requests.filter(({ params }) => !isGenesis(params)).length)).toEqual([
      3, 3,
    ]);
  });

  it('is read from a provider that has it', async () => {
    const { nodes, source, incidents } = await start(2);
    nodes[0]!.blocks = nodes[1]!.blocks.slice(0, 2);
    expect((await source.header({ blockNumber: 3 })).blockNumber).toBe(3);
    expect(incidents).toEqual([]);
  });

  it('means no L1-accepted head', async () => {
    const { nodes, source } = await start();
    nodes[0]!.script = once([{ error: { code: 24 } }]);
    expect(await source.l1AcceptedHead()).toBeUndefined();
  });
});

describe('questions about state', () => {
  const [a, b] = [toAddress(0xan), toAddress(0xbn)] as [Address, Address];
  const hash = toFelt(0x99);

  it('asks for the state update of the addresses only', async () => {
    const { nodes, source } = await start();
    nodes[0]!.script = once([{ result: stateUpdateAnswer(hash) }]);
    const update = await source.stateUpdate(hash, [a]);
    expect([...update.storageDiffs.keys()]).toEqual([a]);
    expect(nodes[0]!.requests.at(-1)!.params).toEqual({
      block_id: { block_hash: '0x99' },
      contract_addresses: ['0xa'],
    });
    expect((await source.stateUpdate(hash, [])).storageDiffs.size).toBe(0);
    expect(nodes[0]!.count('starknet_getStateUpdate')).toBe(1);
  });

  it('filters itself where the node cannot, and does not try again', async () => {
    const { nodes, source, incidents } = await start();
    nodes[0]!.script = ({ method, params }) => {
      if (method !== 'starknet_getStateUpdate') return undefined;
      return 'contract_addresses' in params
        ? { error: { code: -32602, message: 'unknown field `contract_addresses`' } }
        : { result: stateUpdateAnswer(hash) };
    };
    for (const wanted of [a, b]) {
      expect([...(await source.stateUpdate(hash, [wanted])).storageDiffs.keys()]).toEqual([wanted]);
    }
    expect(nodes[0]!.count('starknet_getStateUpdate')).toBe(3);
    expect(incidents).toMatchObject([{ kind: 'LIMIT_LEARNT', message: '{"stateUpdateFilter":false}' }]);
  });

  it('filters itself where the list of addresses would be longer than the answer', async () => {
    const { nodes, source } = await start();
    nodes[0]!.script = once([{ result: stateUpdateAnswer(hash) }]);
    const many = Array.from({ length: 600 }, (_, index) => toAddress(BigInt(index) + 0xbn));
    expect([...(await source.stateUpdate(hash, many)).storageDiffs.keys()]).toEqual([b]);
    expect('contract_addresses' in nodes[0]!.requests.at(-1)!.params).toBe(false);
  });

  it('reads storage, nonces, calls, classes and ABIs', async () => {
    const { nodes, source } = await start();
    const at = { blockNumber: 3 };
    nodes[0]!.script = once([
      { result: '0x5' },
      { result: '0x6' },
      { result: ['0x1', '0x2'] },
      { result: '0xc1' },
      { error: { code: 20 } },
      { result: { abi: '[{"type":"function"}]' } },
      { result: { abi: [{ type: 'event' }] } },
      { result: {} },
    ]);
    expect(await source.storageAt(a, toFelt(1), at)).toBe(5n);
    expect(await source.nonceAt(a, at)).toBe(6n);
    expect(await source.call(a, toFelt(7), [toFelt(8)], 'latest')).toEqual([1n, 2n]);
    expect(nodes[0]!.requests.at(-1)!.params).toEqual({
      block_id: 'latest',
      request: { contract_address: '0xa', entry_point_selector: '0x7', calldata: ['0x8'] },
    });
    expect(await source.classHashAt(a, at)).toBe(0xc1n);
    expect(await source.classHashAt(b, at)).toBeUndefined();
    expect(await source.classAbi(toClassHash(1n), at)).toEqual([{ type: 'function' }]);
    expect(await source.classAbi(toClassHash(1n), at)).toEqual([{ type: 'event' }]);
    expect(await source.classAbi(toClassHash(1n), at)).toBeUndefined();
  });

  it('takes an ABI that is no JSON as the text it is, not as a fault of the provider', async () => {
    const { nodes, source, incidents } = await start();
    nodes[0]!.script = once([{ result: { abi: '{not json' } }, { result: { abi: 7 } }]);
    expect(await source.classAbi(toClassHash(1n), { blockNumber: 3 })).toBe('{not json');
    expect(await source.classAbi(toClassHash(1n), { blockNumber: 3 })).toBe(7);
    expect(incidents).toEqual([]);
  });

  it.each([
    [20, 'CONTRACT_NOT_FOUND'],
    [21, 'ENTRYPOINT_NOT_FOUND'],
    [40, 'CONTRACT_ERROR'],
  ])('takes error %i as the answer, not as a fault of the provider', async (rpcCode, code) => {
    const { nodes, source, incidents } = await start(2);
    nodes[0]!.script = always({ error: { code: rpcCode, data: { why: 'so' } } });
    const error = await failureOf(source.call(a, toFelt(1), [], 'latest'));
    expect(error).toMatchObject({ code, retryable: false, rpcCode, rpcData: { why: 'so' } });
    expect([nodes[1]!.requests.length, incidents.length]).toEqual([0, 0]);
  });

  it('reads a block with receipts, and reads it elsewhere where events are missing', async () => {
    const { nodes, source, incidents } = await start(2);
    const header = nodes[0]!.blocks[3]!;
    nodes[0]!.script = once([{ result: blockAnswer(header, [invokeAnswer()], { event_count: 9 }) }]);
    nodes[1]!.script = once([{ result: blockAnswer(header, [invokeAnswer()], { event_count: 1 }) }]);
    const block = await source.block({ blockHash: header.blockHash });
    expect(block.transactions).toHaveLength(1);
    expect(block.answerBytes).toBeGreaterThan(500);
    expect(nodes[0]!.requests.at(-1)!.params).toEqual({
      block_id: { block_hash: feltToHex(header.blockHash) },
    });
    expect(incidents).toMatchObject([{ provider: 'node 0', code: 'ANSWER_MISMATCH' }]);
  });
});

describe('a second opinion on a block', () => {
  const given = (harnessNow: HttpHarness, answers: readonly NodeAnswer[]): void => {
    for (const [index, answer] of answers.entries()) {
      harnessNow.nodes[index]!.script = once([answer, answer], 'starknet_getBlockWithReceipts');
    }
  };
  const header = extend([], 5)[3]!;
  const honest: NodeAnswer = { result: blockAnswer(header, [invokeAnswer()]) };
  const forged: NodeAnswer = { result: blockAnswer(header, [invokeAnswer('0xaa', { calldata: ['0x666'] })]) };
  const final: NodeAnswer = {
    result: { ...blockAnswer(header, [invokeAnswer()]), status: 'ACCEPTED_ON_L1' },
  };

  it('confirms what another provider tells too', async () => {
    const { source, nodes } = await start(2);
    given(harness, [honest, final]);
    expect(await source.confirmBlock(await source.block({ blockNumber: 3 }))).toBe('CONFIRMED');
    expect(nodes.map((node) => node.count('starknet_getBlockWithReceipts'))).toEqual([1, 1]);
  });

  it('stops at a difference', async () => {
    const { source } = await start(2);
    given(harness, [honest, forged]);
    const error = await failureOf(source.confirmBlock(await source.block({ blockNumber: 3 })));
    expect(error).toMatchObject({ code: 'PROVIDERS_DISAGREE', retryable: false });
  });

  it('says when nobody else can tell', async () => {
    for (const nodes of [
      [honest],
      [honest, { error: { code: 24 } }],
      [honest, 'reset'],
    ] satisfies NodeAnswer[][]) {
      const { source } = await start(nodes.length, { maxAttempts: 1 });
      given(harness, nodes);
      expect(await source.confirmBlock(await source.block({ blockNumber: 3 }))).toBe('NO_WITNESS');
      await harness.close();
    }
    await start();
  });
});

describe('closing', () => {
  it('ends what is under way without trying again', async () => {
    const { nodes, source, clock } = await start();
    nodes[0]!.script = always('silence');
    const failure = failureOf(source.head());
    await until('the question', () =>
      nodes[0]!.requests.some(({ params }) => params['block_id'] === 'latest'),
    );
    await source.close();
    expect(['ABORTED', 'RPC_UNAVAILABLE']).toContain((await failure).code);
    expect(clock.sleeps.filter((ms) => ms < CALL_DEADLINE_MS)).toEqual([]);
  });
});
