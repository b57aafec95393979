import { createProfileRegistry } from '#libs/account';
import { type ChainSource, createHttpChainSource } from '#libs/chain';
import { type Address, type ClassHash, feltToHex, selectorOf, toFelt } from '#libs/felt';
import type { SessionKey } from '#libs/felt';
import {
  createSandboxChain,
  followSandbox,
  type SandboxChain,
  testAccess,
  type TestDatabase,
} from '#libs/testing';
import { createServer } from '../../apps/server/src/create-server.ts';
import { createLogger } from '../../apps/server/src/http/create-logger.ts';

/** What the views of an account said at one block. */
export interface ViewedBlock {
  readonly blockNumber: number;
  readonly timestampSeconds: bigint;
  readonly classHash: bigint;
  /** By key: four words and the list. */
  readonly sessions: ReadonlyMap<
    bigint,
    { readonly words: readonly bigint[]; readonly list: readonly bigint[] }
  >;
  /** By key: eight words. */
  readonly policies: ReadonlyMap<bigint, readonly bigint[]>;
}

interface GraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly codes: readonly string[];
  readonly details: readonly unknown[];
}

/** Purser over a sandbox whose time stands still until it is moved. */
export interface ServedSandbox {
  readonly chain: SandboxChain;
  advance(seconds: number): void;
  readonly networkId: number;
  follow(account: Address): Promise<void>;
  caughtUp(): Promise<void>;
  /** Reads the views at the newest block. */
  view(account: Address, keys: readonly SessionKey[], token: Address): ViewedBlock;
  ask(query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
  stop(): Promise<void>;
}

const START_SECONDS = 1_800_000_000;
const asItIs = (source: ChainSource): ChainSource => source;

interface ServingOptions {
  readonly discovery?: boolean;
  readonly startBlock?: 'latest';
  /** What the indexer is told instead of the truth. */
  readonly spoil?: (source: ChainSource) => ChainSource;
  /** What those who ask are told, beside the index. */
  readonly node?: (source: ChainSource) => ChainSource;
}

export const serveSandbox = async (
  database: TestDatabase,
  prepare: (chain: SandboxChain) => void,
  options: ServingOptions = {},
): Promise<ServedSandbox> => {
  let nowSeconds = START_SECONDS;
  const chain = createSandboxChain({ clock: { nowSeconds: () => nowSeconds } });
  prepare(chain);
  const { discovery = false, startBlock = 0, spoil = asItIs, node: asked = asItIs } = options;
  const node = await chain.sandbox.listen({ port: 0 });
  const source = createHttpChainSource({ providers: [{ url: node.url }] });
  const running = await followSandbox(database.indexer, chain, {
    discovery,
    startBlock,
    source: spoil(source),
  });
  await running.caughtUp();
  const networkId = running.indexer.status()!.networkId;
  const logger = createLogger('fatal', { write: () => undefined });
  const access = testAccess(database);
  const headers = { authorization: `Bearer ${await access.keyOf('ADMIN')}` };
  const server = await createServer(
    {},
    {
      db: database.api,
      networks: [
        {
          networkId,
          chainId: chain.chainId,
          genesisHash: toFelt(1n),
          label: 'sandbox',
          source: asked(source),
        },
      ],
      status: { networks: () => [running.indexer.status()!] },
      profiles: createProfileRegistry(),
      access,
      logger,
    },
  );
  return {
    chain,
    networkId,
    advance: (seconds) => void (nowSeconds += seconds),
    follow: (account) => follow(database, networkId, account),
    caughtUp: () => running.caughtUp(),
    view: (account, keys, token) => viewedBlock(chain, account, keys, token),
    ask: async (query, variables) => {
      const payload = { query, variables };
      const answer = await server.app.inject({ method: 'POST', url: '/graphql', headers, payload });
      const { data, errors = [] } = answer.json<{ data: GraphqlAnswer['data'] | null; errors?: Failure[] }>();
      const codes = errors.map(({ extensions }) => extensions.code);
      return { data: data ?? {}, codes, details: errors.map(({ extensions }) => extensions.details) };
    },
    stop: async () => {
      await server.close();
      await running.stop();
      await source.close();
      await chain.sandbox.close();
    },
  };
};

interface Failure {
  readonly extensions: { readonly code: string; readonly details?: unknown };
}

const follow = async ({ db }: TestDatabase, networkId: number, account: Address): Promise<void> => {
  const address = feltToHex(account);
  await db
    .insertInto('accounts')
    .values({
      network_id: networkId,
      address,
      source: 'WATCH',
      label: null,
      status: 'PENDING',
      reason_code: null,
      followed_from_block: null,
    })
    .execute();
  for (let tries = 0; tries < 1_000; tries += 1) {
    const row = await db
      .selectFrom('accounts')
      .select('status')
      .where('address', '=', address)
      .executeTakeFirst();
    if (row?.status === 'FOLLOWED') return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the account was not followed in 10 seconds');
};

const viewedBlock = (
  chain: SandboxChain,
  account: Address,
  keys: readonly SessionKey[],
  token: Address,
): ViewedBlock => {
  const { block_number: blockNumber } = chain.request('starknet_blockHashAndNumber') as {
    block_number: number;
  };
  const block_id = { block_number: blockNumber };
  const { timestamp } = chain.request('starknet_getBlockWithTxHashes', { block_id }) as { timestamp: number };
  const contract = { block_id, contract_address: feltToHex(account) };
  const sessions = keys.map((key) => {
    const words = chain.view(account, 'get_session_data', key);
    const list = Array.from(
      { length: Number(words[3]) },
      (_, at) => chain.view(account, 'get_session_allowed_entrypoint_at', key, BigInt(at)).at(0)!,
    );
    return [key, { words, list }] as const;
  });
  const policies = keys.map((key) => [key, chain.view(account, 'get_spending_policy', key, token)] as const);
  return {
    blockNumber,
    timestampSeconds: BigInt(timestamp),
    classHash: BigInt(chain.request('starknet_getClassHashAt', contract) as string),
    sessions: new Map(sessions),
    policies: new Map(policies),
  };
};

/** An owner's call that has no action of its own: another class. */
export const upgradeCall = (account: Address, classHash: ClassHash) => ({
  to: account,
  selector: selectorOf('upgrade'),
  calldata: [classHash],
});
