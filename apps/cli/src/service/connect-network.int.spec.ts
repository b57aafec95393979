import { afterAll, describe, expect, it } from '@jest/globals';
import type { Settings } from '#libs/config';
import { createSandboxChain, type SandboxChain, withDatabase } from '#libs/testing';
import { createLogger } from '../../../server/src/http/create-logger.ts';
import { createPurserMetrics } from '../../../server/src/metrics/purser-metrics.ts';
import { Cleanup } from './cleanup.ts';
import { connectNetwork } from './connect-network.ts';
import { type NetworkRegistry, readingRegistry, writingRegistry } from './network-registry.ts';
import { readsOf, readsOfApi } from './stored-reads.ts';

describe('connectNetwork', () => {
  const database = withDatabase();
  const cleanup = new Cleanup(() => undefined);
  afterAll(() => cleanup.run());

  const listen = async (chain: SandboxChain): Promise<string> => {
    const server = await chain.sandbox.listen({ port: 0 });
    cleanup.defer('node', () => server.close());
    return server.url;
  };

  const writing = (): NetworkRegistry => writingRegistry(database.indexer, readsOf(database.indexer));

  const connect = (
    rpcUrls: readonly string[],
    metrics = createPurserMetrics(),
    registry: NetworkRegistry = writing(),
  ) =>
    connectNetwork(
      { label: 'main', rpcUrls },
      {
        registry,
        settings: { rpcDeadlineMs: 5_000 } as Settings,
        cleanup,
        logger: createLogger('error', { write: () => undefined }),
        metrics,
      },
    );

  it('goes on with the network it followed, whichever node answers first', async () => {
    const ours = await connect([await listen(createSandboxChain({ chainId: 'SN_OURS' }))]);
    const other = await listen(createSandboxChain({ chainId: 'SN_OTHER' }));
    const again = await connect([other, await listen(createSandboxChain({ chainId: 'SN_OURS' }))]);
    expect(again.networkId).toBe(ours.networkId);
    expect(await again.source.network()).toMatchObject({ chainId: ours.chainId });
  });

  it('counts calls by the place of the node, not by its URL', async () => {
    const metrics = createPurserMetrics();
    const node = createSandboxChain({ chainId: 'SN_OURS' });
    const { source } = await connect(['http://127.0.0.1:1/SECRETKEY', await listen(node)], metrics);
    await source.head();
    const printed = await metrics.registry.metrics();
    const line = (provider: number, method: string, outcome: string) =>
      new RegExp(
        `purser_rpc_calls_total\\{network="main",provider="${provider}",method="${method}",outcome="${outcome}"\\} [1-9]`,
      );
    expect(printed).toMatch(line(0, 'starknet_specVersion', 'error'));
    expect(printed).toMatch(line(1, 'starknet_getBlockWithTxHashes', 'ok'));
    expect(printed).not.toMatch(/SECRETKEY|127\.0\.0\.1/);
  });

  it('refuses nodes that are all on another network than the one it followed', async () => {
    const other = createSandboxChain({ chainId: 'SN_ANOTHER' });
    const urls = [await listen(other), await listen(other)];
    await expect(connect(urls)).rejects.toMatchObject({ code: 'WRONG_NETWORK' });
  });

  it('waits for who indexes, where this process only answers', async () => {
    const node = await listen(createSandboxChain({ chainId: 'SN_LATER' }));
    const reading = readingRegistry(readsOfApi(database.api));
    const answering = await connect([node], createPurserMetrics(), reading);
    expect(answering.networkId).toBe(0);
    const indexing = await connect([node]);
    await answering.lookAgain();
    expect(answering.networkId).toBe(indexing.networkId);
    const later = await connect([node], createPurserMetrics(), reading);
    expect(later.networkId).toBe(indexing.networkId);
  });

  it('takes a single node that began anew for a new network', async () => {
    const before = await connect([await listen(createSandboxChain({ chainId: 'SN_OURS' }))]);
    const anew = await connect([await listen(createSandboxChain({ chainId: 'SN_ANEW' }))]);
    expect(anew.networkId).not.toBe(before.networkId);
  });
});
