import { createSandbox } from '#libs/sandbox';
import type { BenchDatabase, BenchServer } from '../ingest/bench-database.ts';
import { type Driver, startDriver } from './driver.ts';
import { fill, type Identity } from './fill.ts';
import { type BenchService, startService } from './service.ts';
import { usesOf, type World } from './world.ts';

/** A filled database, the service that answers from it, and who asks. */
export interface Setting {
  readonly world: World;
  readonly headSeconds: number;
  readonly database: BenchDatabase;
  readonly server: BenchServer;
  readonly service: BenchService;
  readonly driver: Driver;
}

let databases = 0;

/** The node is asked for the identity of its chain and for its head, and not while anything is measured. */
export const withSetting = async <T>(
  server: BenchServer,
  world: World,
  work: (setting: Setting) => Promise<T>,
  nodeFlags: readonly string[] = [],
): Promise<T> => {
  databases += 1;
  const database = await server.fresh(`graphql_${databases}`);
  const node = createSandbox();
  const driver = startDriver();
  try {
    const { url: nodeUrl } = await node.listen({ port: 0 });
    const headSeconds = Math.floor(Date.now() / 1_000);
    console.error(`filling ${usesOf(world).toLocaleString('en')} uses`);
    await fill(database.sql, world, identityOf(node), headSeconds);
    const service = await startService({
      ...{ ownerUrl: database.url, apiUrl: database.apiUrl, nodeUrl, nodeFlags },
    });
    try {
      return await work({ world, headSeconds, database, server, service, driver });
    } finally {
      await service.stop();
    }
  } finally {
    await driver.stop();
    await node.close();
    await database.drop();
  }
};

const identityOf = (node: ReturnType<typeof createSandbox>): Identity => {
  const genesis = node.request('starknet_getBlockWithTxHashes', [{ block_number: 0 }]) as {
    block_hash: string;
  };
  return { chainId: node.request('starknet_chainId', []) as string, genesisHash: genesis.block_hash };
};
