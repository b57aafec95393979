import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NO_IDLE_COLLECTIONS } from '../ingest/child.ts';
import { feltOf, keyAt, keysOf, type World } from './world.ts';
import type { Data } from './questions.ts';

const FOLDER = fileURLToPath(new URL('peer/', import.meta.url));

/** PostGraphile over the same tables, as a superuser: no keys, no row-level security, no limits. */
export interface Peer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Installs it the first time, with its own lock: nothing of it is a dependency of the product. */
export const startPeer = async (databaseUrl: string): Promise<Peer> => {
  if (!existsSync(`${FOLDER}node_modules`)) install();
  const child = spawn(process.execPath, [NO_IDLE_COLLECTIONS, `${FOLDER}server.mjs`], {
    env: { PEER_DATABASE_URL: databaseUrl, NODE_ENV: 'production', GRAPHILE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('PostGraphile ended');
    }),
  ])) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { url, pid: child.pid!, stop };
};

const install = (): void => {
  console.error('installing PostGraphile');
  const done = spawnSync('npm', ['ci', '--prefix', FOLDER, '--no-audit', '--no-fund'], { stdio: 'inherit' });
  if (done.status !== 0) throw new Error('PostGraphile could not be installed');
};

/** The nearest to one of our questions that its schema can say. */
export interface PeerQuestion {
  readonly query: string;
  readonly variables: (world: World, key: number) => Readonly<Record<string, unknown>>;
  readonly check: (data: Data, world: World, key: number) => void;
}

interface Nodes {
  readonly nodes: readonly Data[];
}

const wrong = (data: Data): never => {
  throw new Error(`PostGraphile answers otherwise: ${JSON.stringify(data).slice(0, 500)}`);
};

/** What stands in the rows, beside what Purser works out of them (status, budgets, finality, coverage). */
export const PEER_QUESTIONS: Readonly<Record<'session' | 'uses', PeerQuestion>> = {
  session: {
    query: `query ($account: Felt!, $sessionKey: Felt!, $from: BlockHeight!) {
  sessionVersionByNetworkIdAndAccountAndSessionKeyAndValidFromBlock(networkId: 1, account: $account, sessionKey: $sessionKey, validFromBlock: $from) {
    account sessionKey lifecycle validUntilSeconds maxCalls callsUsed
  }
  allPolicyVersions(condition: { networkId: 1, account: $account, sessionKey: $sessionKey, validFromBlock: $from }) {
    nodes { token maxPerCall maxPerWindow windowSeconds spentInWindow windowStartSeconds }
  }
}`,
    variables: (world, key) => ({ ...keyAt(world, key), from: newestVersion(world, key) }),
    check: (data, world, key) => {
      const row = data['sessionVersionByNetworkIdAndAccountAndSessionKeyAndValidFromBlock'] as Data | null;
      const { nodes } = data['allPolicyVersions'] as Nodes;
      const isRight =
        row?.['sessionKey'] === keyAt(world, key).sessionKey &&
        Number(row['callsUsed']) === world.usesPerKey &&
        nodes.length === 1;
      if (!isRight) wrong(data);
    },
  },
  uses: {
    query: `query ($account: Felt!, $sessionKey: Felt!) {
  allUses(condition: { networkId: 1, account: $account, sessionKey: $sessionKey }, orderBy: [BLOCK_NUMBER_DESC, TRANSACTION_INDEX_DESC, EVENT_INDEX_DESC], first: 20) {
    nodes { transactionHash blockNumber outcome path callsUsedBefore callsUsedAfter calls debits feeAmount feeUnit }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: keyAt,
    check: (data, world, key) => {
      const { nodes } = data['allUses'] as Nodes;
      const newest = feltOf('transaction', (world.usesPerKey - 1) * keysOf(world) + key);
      const isRight =
        nodes.length === Math.min(20, world.usesPerKey) && nodes[0]?.['transactionHash'] === newest;
      if (!isRight) wrong(data);
    },
  },
};

const newestVersion = (world: World, key: number): string =>
  String(1 + Math.floor((key + (world.usesPerKey - 1) * keysOf(world)) / 100));
