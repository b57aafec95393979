import { describe, expect, it } from '@jest/globals';
import { until } from '../../testing/fake-clock.ts';
import { CALL_DEADLINE_MS, withHttpHarness } from '../../testing/http-harness.ts';
import { always, failureOf, once } from '../../testing/node-scripts.ts';
import type { NodeAnswer } from '../../testing/scripted-node.ts';
import { createHttpChainSource } from './http-chain-source.ts';

const start = withHttpHarness();

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
