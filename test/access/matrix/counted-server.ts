import { createProfileRegistry } from '#libs/account';
import { createHttpChainSource } from '#libs/chain';
import { createScopedDatabase } from '#libs/database';
import { type Address, feltToHex, toFelt } from '#libs/felt';
import { type SandboxChain, testAccess, type TestDatabase } from '#libs/testing';
import type { CompiledQuery } from 'kysely';
import { createServer } from '../../../apps/server/src/create-server.ts';
import { COMPILED } from '../../../apps/server/src/graphql/operation-runner.ts';
import { createLogger } from '../../../apps/server/src/http/create-logger.ts';
import { DEFAULT_SERVER_SETTINGS } from '../../../apps/server/src/settings.ts';
import { countedSource } from './counted-source.ts';
import { listenAs } from './listen.ts';
import { type Answer, answerOf, postTo } from './post-to.ts';
import type { WorldOptions } from './world.ts';

export const GENESIS = toFelt(1n);

/** What answering cost: the same must not cost more because somebody else follows the account. */
export interface Cost {
  readonly statements: number;
  readonly nodeCalls: number;
}

/** A server that answers as the role of the API, and counts what that takes. */
export const startCounted = async (
  database: TestDatabase,
  options: WorldOptions,
  {
    chain,
    networkId,
    account,
  }: { readonly chain: SandboxChain; readonly networkId: number; readonly account: Address },
) => {
  const statements: CompiledQuery[] = [];
  let nodeCalls = 0;
  let compiled = 0;
  const pool = createScopedDatabase({
    url: database.urls.api,
    onQuery: ({ query }) => void statements.push(query),
  });
  const node = await chain.sandbox.listen({ port: 0 });
  const source = createHttpChainSource({ providers: [{ url: node.url }] });
  const access = testAccess(database);
  const head = chain.request('starknet_blockHashAndNumber') as { block_hash: string; block_number: number };
  const block = { blockNumber: head.block_number, blockHash: BigInt(head.block_hash), timestampSeconds: 0n };
  const base = {
    networkId,
    chainId: chain.chainId,
    genesisHash: GENESIS,
    label: 'sandbox',
    sandbox: true,
  };
  const server = await createServer(
    // All that a field tells costs more than people ask at once, and nobody asks it often.
    {
      ...{ maxQueryCost: 1_000_000, requestsPerMinuteWithoutKey: 1_000_000 },
      subscriptions: LOOKING_WHEN_TOLD,
      ...options.settings,
    },
    {
      db: options.api?.(pool.db) ?? pool.db,
      networks: [{ ...base, source: countedSource(source, () => void (nodeCalls += 1)) }],
      status: { networks: () => [{ ...base, head: block, lagBlocks: 0, ...busyWith(account) } as never] },
      profiles: createProfileRegistry(),
      access: options.access?.(access) ?? access,
      logger: createLogger('debug', { write: (line) => void (compiled += line.includes(COMPILED) ? 1 : 0) }),
    },
  );
  return {
    access,
    server,
    statements,
    compiled: () => compiled,
    post: async (key: string | undefined, document: string): Promise<Answer & Cost> => {
      const before = { statements: statements.length, nodeCalls };
      const answer = await (document.startsWith('subscription')
        ? answerOf(await listenAs({ server, access: options.access?.(access) ?? access }, key, document))
        : postTo(server, key, document));
      return {
        ...answer,
        statements: statements.length - before.statements,
        nodeCalls: nodeCalls - before.nodeCalls,
      };
    },
    close: async () => {
      await server.close();
      await Promise.all([pool.close(), source.close()]);
      await chain.sandbox.close();
    },
  };
};

/** No statement but those of the asker is sent while he asks. */
const LOOKING_WHEN_TOLD = {
  ...DEFAULT_SERVER_SETTINGS.subscriptions,
  ...{ pollMs: 1_000_000, gatherMs: 1_000_000 },
};

/** What the indexer holds in memory, of all accounts together. */
const busyWith = (account: Address) => ({
  accounts: { done: 3, total: 10, ratePerSecond: 2, secondsLeft: 4 },
  lastError: `NODE_UNAVAILABLE: no answer about ${feltToHex(account)}`,
});
