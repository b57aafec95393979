import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { blockAnswer, invokeAnswer } from '../../testing/answers.ts';
import { CALL_DEADLINE_MS, type HttpHarness, withHttpHarness } from '../../testing/http-harness.ts';
import { always, failureOf, isGenesis, once } from '../../testing/node-scripts.ts';
import { extend } from '../../testing/scripted-chain.ts';
import type { NodeAnswer } from '../../testing/scripted-node.ts';
import { createHttpChainSource } from './http-chain-source.ts';

const start = withHttpHarness();

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

describe('a second opinion on a block', () => {
  const given = (nodes: HttpHarness['nodes'], answers: readonly NodeAnswer[]): void => {
    for (const [index, answer] of answers.entries()) {
      nodes[index]!.script = once([answer, answer], 'starknet_getBlockWithReceipts');
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
    given(nodes, [honest, final]);
    expect(await source.confirmBlock(await source.block({ blockNumber: 3 }))).toBe('CONFIRMED');
    expect(nodes.map((node) => node.count('starknet_getBlockWithReceipts'))).toEqual([1, 1]);
  });

  it('stops at a difference', async () => {
    const { source, nodes } = await start(2);
    given(nodes, [honest, forged]);
    const error = await failureOf(source.confirmBlock(await source.block({ blockNumber: 3 })));
    expect(error).toMatchObject({ code: 'PROVIDERS_DISAGREE', retryable: false });
  });

  it('says when nobody else can tell', async () => {
    for (const answers of [
      [honest],
      [honest, { error: { code: 24 } }],
      [honest, 'reset'],
    ] satisfies NodeAnswer[][]) {
      const { source, nodes } = await start(answers.length, { maxAttempts: 1 });
      given(nodes, answers);
      expect(await source.confirmBlock(await source.block({ blockNumber: 3 }))).toBe('NO_WITNESS');
    }
  });
});
