import { createProfileRegistry } from '#libs/account';
import { createHttpChainSource, createWebSocketHeadHints } from '#libs/chain';
import { inTransaction } from '#libs/database';
import { ensureNetwork } from '#libs/facts';
import { createNetworkIndexer } from '#libs/indexing';
import { type RunningNode, testAccess, type TestDatabase } from '#libs/testing';
import { createServer } from '../../apps/server/src/create-server.ts';
import { createLogger } from '../../apps/server/src/http/create-logger.ts';

/** Purser at work over a node: indexer, Postgres and GraphQL. */
export interface IndexedNode {
  readonly name: string;
  /** Waits until the node's newest block is committed. */
  atHead(): Promise<void>;
  /** @throws Error for an answer with errors other than the codes that are allowed. */
  ask<T>(query: string, variables: Record<string, unknown>, allowedCodes?: readonly string[]): Promise<T>;
  stop(): Promise<void>;
}

const DEADLINE_MS = 20_000;
const POLL_MS = 10;

export const indexNode = async (node: RunningNode, database: TestDatabase): Promise<IndexedNode> => {
  const label = node.rpc.name;
  const warnings: string[] = [];
  const logger = createLogger('warn', { write: (line: string) => void warnings.push(line) });
  const source = createHttpChainSource({ providers: [{ url: node.rpc.url }] });
  const hints = createWebSocketHeadHints({ url: node.webSocketUrl });
  const identity = await source.network();
  const { networkId } = await inTransaction(database.indexer, (trx) =>
    ensureNetwork(trx, { ...identity, label }),
  );
  const indexer = createNetworkIndexer({
    db: database.indexer,
    source,
    hints,
    label,
    sandbox: false,
    startBlock: 0,
    discovery: true,
    watch: [],
    lowCallsThreshold: 3,
    deliverAlerts: true,
    pollIntervalMs: 50,
    log: logger,
  });
  const ended = new AbortController();
  const running = indexer.run(ended.signal);
  // Seen in `atHead`; until then it must not end the process.
  running.catch(() => undefined);
  const status = { networks: () => [indexer.status()].filter((network) => network !== undefined) };
  const networks = [{ networkId, ...identity, label, source }];
  const access = testAccess(database);
  const headers = { authorization: `Bearer ${await access.keyOf('ADMIN')}` };
  const deps = { db: database.api, access, networks, status, profiles: createProfileRegistry(), logger };
  const server = await createServer({}, deps);
  return {
    name: label,
    atHead: () => Promise.race([untilAtHead(node, database, networkId, warnings), running]),
    ask: async <T>(
      query: string,
      variables: Record<string, unknown>,
      allowedCodes: readonly string[] = [],
    ) => {
      const deadline = Date.now() + DEADLINE_MS;
      for (;;) {
        const payload = { query, variables };
        const answer = await server.app.inject({ method: 'POST', url: '/graphql', headers, payload });
        const { data, errors = [] } = answer.json<GraphqlAnswer<T>>();
        const unwanted = errors.filter(({ extensions }) => !allowedCodes.includes(extensions?.code ?? ''));
        if (unwanted.length === 0 && data !== null) return data;
        // A node that is slow, as on a busy machine, is asked again: that is what `retryable` says to do.
        const isPassing = unwanted.length > 0 && unwanted.every(({ extensions }) => extensions?.retryable);
        if (!isPassing || Date.now() > deadline) throw new Error(`${label}: ${answer.body.slice(0, 2_000)}`);
      }
    },
    stop: async () => {
      await server.close();
      ended.abort();
      await running;
      await hints.close();
      await source.close();
    },
  };
};

interface GraphqlAnswer<T> {
  readonly data: T | null;
  readonly errors?: readonly {
    readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
  }[];
}

const untilAtHead = async (
  { rpc }: RunningNode,
  { db }: TestDatabase,
  networkId: number,
  warnings: readonly string[],
): Promise<void> => {
  const head = await rpc.request<{ block_hash: string; block_number: number }>('starknet_blockHashAndNumber');
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const cursor = await db
      .selectFrom('cursors')
      .select(['block_hash', 'block_number'])
      .where('network_id', '=', networkId)
      .executeTakeFirst();
    if (cursor?.block_hash === head.block_hash && cursor.block_number === head.block_number) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const said = warnings.slice(-5).join('');
  throw new Error(
    `${rpc.name}: block ${head.block_number} was not indexed in ${DEADLINE_MS} ms; last warnings: ${said}`,
  );
};
