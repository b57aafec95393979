import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import { until } from '../../testing/fake-clock.ts';
import { type HttpHarness, withHttpHarness } from '../../testing/http-harness.ts';
import { failureOf, once } from '../../testing/node-scripts.ts';
import { extend } from '../../testing/scripted-chain.ts';

const start = withHttpHarness();

describe('the network check', () => {
  it('names the network and is made once for many questions', async () => {
    const { nodes, source } = await start();
    await Promise.all([source.head(), source.head(), source.head()]);
    const identity = await source.network();
    expect(identity).toEqual({
      chainId: BigInt(nodes[0]!.chainId),
      genesisHash: nodes[0]!.blocks[0]!.blockHash,
    });
    expect(nodes[0]!.count('starknet_chainId')).toBe(1);
  });

  it('refuses a provider with another chain id or another block 0, and keeps to the others', async () => {
    for (const differ of [
      (node: HttpHarness['nodes'][number]) => {
        node.chainId = '0x534e5f4d41494e';
      },
      (node: HttpHarness['nodes'][number]) => {
        node.blocks = extend([], 9, 'other');
      },
    ]) {
      const { nodes, source, incidents } = await start(2, {
        expectedNetwork: {
          chainId: toFelt(0x534e5f5345504f4c4941n),
          genesisHash: extend([], 1)[0]!.blockHash,
        },
      });
      differ(nodes[0]!);
      expect((await source.head()).blockNumber).toBe(4);
      expect(incidents).toMatchObject([{ kind: 'REFUSED', provider: 'node 0', code: 'WRONG_NETWORK' }]);
    }
  });

  it('fails when no provider is on our network', async () => {
    const { nodes, source } = await start();
    await source.network();
    nodes[0]!.blocks = extend([], 9, 'other');
    nodes[0]!.script = once(['reset']);
    const error = await failureOf(source.head());
    expect(error).toMatchObject({ code: 'WRONG_NETWORK', retryable: false });
    expect(error.message).toContain('SN_SEPOLIA');
  });

  it('fails for a while only, when one is on another network and the others cannot be asked now', async () => {
    const { nodes, source, clock, incidents } = await start(2);
    await source.network();
    nodes[1]!.script = () => ({ status: 429, headers: { 'retry-after': '3600' }, body: '' });
    nodes[0]!.script = once(['reset']);
    const failing = failureOf(source.head());
    await until('the pause', () => incidents.some(({ kind }) => kind === 'PAUSED'));
    nodes[0]!.blocks = extend([], 9, 'other');
    await clock.advance(1_000);
    await until('the refusal', () => incidents.some(({ code }) => code === 'WRONG_NETWORK'));
    await clock.advance(120_000);
    expect(await failing).toMatchObject({ retryable: true });
  });

  it('is made again for an answer over a new connection, before the answer counts', async () => {
    const { nodes, source, clock } = await start();
    await source.head();
    await clock.advance(10_000);
    nodes[0]!.blocks = extend([], 9, 'other');
    nodes[0]!.disconnect();
    await until('the loss', () => true);
    expect(await failureOf(source.head())).toMatchObject({ code: 'WRONG_NETWORK' });
  });

  it.each(['0.8.1', '0.7.0', 'v0.8'])('refuses RPC version %s clearly', async (version) => {
    const { nodes, source } = await start();
    nodes[0]!.specVersion = version;
    const error = await failureOf(source.head());
    expect(error).toMatchObject({ code: 'RPC_VERSION_UNSUPPORTED', retryable: false });
    expect(error.message).toContain('0.9 or newer');
  });

  it.each(['0.9.0', '0.10.0', '0.10.2', '0.10.3-rc.1', '0.11.0', 'v0.10'])(
    'accepts RPC version %s',
    async (version) => {
      const { nodes, source } = await start();
      nodes[0]!.specVersion = version;
      expect((await source.head()).blockNumber).toBe(4);
    },
  );
});
