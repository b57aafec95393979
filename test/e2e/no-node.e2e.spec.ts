import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSandbox } from '#libs/sandbox';
import { withDatabase } from '#libs/testing';
import { askGraphql, buildCommandLine, makeKey, type Started, startPurser } from './command-line.ts';

jest.setTimeout(60_000);

interface Indexer {
  readonly data: {
    readonly indexer: readonly { readonly indexed: { readonly blockNumber: number } | null }[];
  };
}

describe('a service whose node is down', () => {
  const database = withDatabase({ migrated: false });
  let dataDir = '';
  let key = '';
  let started: Started | undefined;

  beforeAll(async () => {
    buildCommandLine();
    dataDir = await mkdtemp(join(tmpdir(), 'purser-e2e-'));
  });

  afterAll(async () => {
    if (started?.isRunning() === true) await started.stop('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = (node: string): Promise<Started> =>
    startPurser({
      ...database.environment,
      ...{ STARKNET_RPC_URL: node, START_BLOCK: '0', DATA_DIR: dataDir },
      ...{ PORT: '0', POLL_INTERVAL_MS: '100', LOG_LEVEL: 'fatal' },
    });

  const indexedBlock = async (url: string): Promise<number> => {
    const { data } = (await askGraphql(url, '{ indexer { indexed { blockNumber } } }', key)) as Indexer;
    return data.indexer[0]?.indexed?.blockNumber ?? -1;
  };

  it('starts, serves what is indexed, and says with a code of its own what it cannot know', async () => {
    const chain = createSandbox();
    const { url: node } = await chain.listen({ port: 0 });
    chain.createBlock();
    started = await start(node);
    key = await makeKey(database.environment);
    while ((await indexedBlock(started.url)) < 1) await delay(50);
    await started.stop('SIGTERM');
    await chain.close();

    started = await start(node);
    expect(await indexedBlock(started.url)).toBe(1);
    const answer = await askGraphql(
      started.url,
      '{ getSessionData(walletAddress: "0x1", sessionPublicKey: "0x2") { isActive } }',
      key,
    );
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'NODE_UNAVAILABLE' } }] });
    expect((await fetch(`${started.url}/livez`)).status).toBe(200);
    expect((await fetch(`${started.url}/readyz`)).status).toBe(503);
  });
});
