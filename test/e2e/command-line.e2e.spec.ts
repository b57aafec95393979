import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { createSandbox, type Sandbox } from '#libs/sandbox';
import { withDatabase } from '#libs/testing';
import {
  askGraphql,
  makeKey,
  buildCommandLine,
  type Environment,
  purser,
  startAndKill,
  type Started,
  startPurser,
} from './command-line.ts';

jest.setTimeout(120_000);

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

let dataDir = '';
let running: Started[] = [];

const environment = (more: Environment = {}): Environment => ({
  DATA_DIR: dataDir,
  PORT: '0',
  SANDBOX_RPC_PORT: '0',
  LOG_LEVEL: 'warn',
  ...more,
});

const start = async (more: Environment = {}): Promise<Started> => {
  const started = await startPurser(environment(more));
  running.push(started);
  return started;
};

const jsonOf = async (args: string): Promise<Record<string, unknown>> => {
  const { exitCode, out, err } = await purser(`${args} --json`, environment());
  expect([args, exitCode, err]).toEqual([args, 0, '']);
  return JSON.parse(out) as Record<string, unknown>;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const postgresPid = async (): Promise<number> => {
  const { pid } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as { pid: number };
  return pid;
};

interface Listed {
  readonly data: {
    readonly sessions: {
      readonly edges: readonly { readonly node: { readonly account: string; readonly sessionKey: string } }[];
    };
  };
}

interface SessionList {
  readonly sessions: readonly { readonly status: string; readonly remainingCalls: number }[];
  readonly hasMore: boolean;
}

interface Head {
  readonly blockNumber: number;
  readonly blockHash: string;
}

const indexedHead = async (url: string): Promise<Head> => {
  const query = '{ indexer { indexed { blockNumber blockHash } } }';
  const { data } = (await askGraphql(url, query)) as { data: { indexer: { indexed: Head | null }[] } };
  const head = data.indexer[0]?.indexed;
  if (!head) throw new Error('nothing is indexed');
  return head;
};

const hashInIndex = async (url: string, blockNumber: number): Promise<string> => {
  const query = `{ sessions(at: { blockNumber: ${blockNumber} }) { asOf { blockHash } } }`;
  const { data } = (await askGraphql(url, query)) as { data: { sessions: { asOf: Head } } };
  return data.sessions.asOf.blockHash;
};

const hashOnChain = async (rpcUrl: string, block_number: number): Promise<string> => {
  const call = { method: 'starknet_getBlockWithTxHashes', params: { block_id: { block_number } } };
  const answer = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...call }),
  });
  return ((await answer.json()) as { result: { block_hash: string } }).result.block_hash;
};

beforeAll(() => buildCommandLine());

const folders: string[] = [];

const newDataDir = async (): Promise<void> => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-e2e-'));
  folders.push(dataDir);
  // The PostgreSQL that root starts runs as somebody else, who has to get in.
  await chmod(dataDir, 0o755);
};

beforeAll(newDataDir);

afterEach(async () => {
  for (const started of running) if (started.isRunning()) await started.stop('SIGTERM');
  running = [];
});

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('purser', () => {
  it('needs a first start before it can be told of accounts', async () => {
    const { exitCode, err } = await purser('accounts add 0x1', environment());
    expect(exitCode).toBe(69);
    expect(err).toMatch(/SCHEMA_OLDER_THAN_BINARY|NOT_STARTED_YET/);
  });

  it('migrates by itself or when told, and finds nothing left to do the second time', async () => {
    const first = await jsonOf('migrate');
    expect(first['databaseVersion']).toBe(first['binaryVersion']);
    expect(await jsonOf('migrate')).toMatchObject({ applied: [] });
  });

  it('starts with nothing set up, and answers', async () => {
    const { url, sandbox } = await start();
    expect(sandbox).toBe(true);
    const listed = (await askGraphql(
      url,
      '{ sessions { edges { node { account sessionKey } } } }',
    )) as Listed;
    const [first] = listed.data.sessions.edges;
    expect(first).toBeDefined();
    const { account, sessionKey } = first?.node ?? { account: '', sessionKey: '' };
    expect(await jsonOf(`session get ${account} ${sessionKey}`)).toMatchObject({
      account,
      sessionKey,
      source: 'INDEX',
    });
    const all = (await jsonOf('sessions list --limit all')) as unknown as SessionList;
    expect([all.hasMore, all.sessions.length]).toEqual([false, listed.data.sessions.edges.length]);
    const two = (await jsonOf('sessions list --limit 2 --order calls')) as unknown as SessionList;
    expect(two.hasMore).toBe(true);
    const fewest = all.sessions.map((one) => one.remainingCalls).sort((a, b) => a - b);
    expect(two.sessions.map((one) => one.remainingCalls)).toEqual(fewest.slice(0, 2));
    const soon = (await jsonOf('sessions list --expires-within 3650d')) as unknown as SessionList;
    expect(new Set(soon.sessions.map((one) => one.status))).toEqual(new Set(['ACTIVE']));
    const table = await purser(`sessions list --account ${account}`, environment());
    expect(table.out).toMatch(/^ACCOUNT +SESSION KEY +STATUS/);
    expect(table.err).toMatch(/^as of block \d+ of sandbox/);
    expect(await purser('sessions list --status gone', environment())).toMatchObject({ exitCode: 64 });
    expect(await jsonOf('status')).toMatchObject({ url, networks: [{ network: 'sandbox', sandbox: true }] });
    const text = await purser(`session get ${account} ${sessionKey}`, environment());
    expect(text.out).toMatch(/remaining calls +\d+ of \d+/);
    const unknown = await purser(`session get ${account} 0x1`, environment());
    expect([unknown.exitCode, unknown.err]).toEqual([
      65,
      expect.stringContaining('[SESSION_NOT_REGISTERED]'),
    ]);
  });

  it('takes accounts while the service runs', async () => {
    await start();
    expect(await jsonOf('accounts add 0x0ABC --label till')).toMatchObject({
      address: '0xabc',
      label: 'till',
    });
    const { out } = await purser('accounts list --json', environment());
    const accounts = JSON.parse(out) as { address: string; source: string }[];
    expect(accounts).toEqual(
      expect.arrayContaining([expect.objectContaining({ address: '0xabc', source: 'WATCH' })]),
    );
    expect(accounts.length).toBeGreaterThan(1);
  });

  it('ends within ten seconds and with 0 at SIGTERM and SIGINT, its PostgreSQL too', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { stop } = await start();
      const pid = await postgresPid();
      const { exitCode, durationMs } = await stop(signal);
      expect(exitCode).toBe(0);
      expect(durationMs).toBeLessThan(10_000);
      expect(isAlive(pid)).toBe(false);
    }
  });

  it('goes on where it was after kill -9, on the same chain', async () => {
    const before = await start();
    const head = await indexedHead(before.url);
    expect(await hashOnChain(before.rpcUrl, head.blockNumber)).toBe(head.blockHash);
    await before.stop('SIGKILL');
    expect(isAlive(await postgresPid())).toBe(true);
    const after = await start();
    expect(await hashOnChain(after.rpcUrl, head.blockNumber)).toBe(head.blockHash);
    expect((await indexedHead(after.url)).blockNumber).toBeGreaterThanOrEqual(head.blockNumber);
    expect(await hashInIndex(after.url, head.blockNumber)).toBe(head.blockHash);
    const listed = (await askGraphql(
      after.url,
      '{ sessions { edges { node { account sessionKey } } } }',
    )) as Listed;
    expect(listed.data.sessions.edges.length).toBeGreaterThan(0);
  });

  it('begins the sandbox anew when its opening was cut off, or its log is damaged', async () => {
    const folder = { DATA_DIR: join(dataDir, 'cut-off') };
    const sessionCount = async (url: string): Promise<number> => {
      const listed = (await askGraphql(
        url,
        '{ sessions { edges { node { account sessionKey } } } }',
      )) as Listed;
      return listed.data.sessions.edges.length;
    };
    await startAndKill(environment(folder), 'is deployed');
    const whole = await start(folder);
    const count = await sessionCount(whole.url);
    expect(count).toBeGreaterThan(1);
    await whole.stop('SIGTERM');
    await writeFile(join(folder.DATA_DIR, 'sandbox-0.log'), 'not a log\n');
    const anew = await start(folder);
    expect(await sessionCount(anew.url)).toBe(count);
  });

  it('says where the other one is when it is started twice', async () => {
    const { url } = await start();
    const { exitCode, err } = await purser('start', environment());
    expect(exitCode).toBe(69);
    expect(err).toContain('[ALREADY_RUNNING]');
    expect(err).toContain(url);
  });

  it('says what to do about a taken port, and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = String((taken.address() as AddressInfo).port);
    for (const name of ['PORT', 'SANDBOX_RPC_PORT']) {
      const { exitCode, err } = await purser('start', environment({ [name]: port }));
      expect(exitCode).toBe(69);
      expect(err).toContain('[PORT_TAKEN]');
      expect(err).toContain(`set ${name} to another port`);
    }
    taken.close();
    expect(isAlive(await postgresPid())).toBe(false);
  });

  it('answers 69 when the database of DATABASE_URL is not there', async () => {
    const url = 'postgres://me:hunter2@127.0.0.1:9/x';
    const KEY_PEPPER = Buffer.alloc(32, 1).toString('base64');
    const { exitCode, err } = await purser(
      'start',
      environment({ DATABASE_URL: url, API_DATABASE_URL: url, KEY_PEPPER }),
    );
    expect(exitCode).toBe(69);
    expect(err).toContain('[CONNECTION_FAILED]');
    expect(err).not.toContain('hunter2');
  });
});

describe('purser with a receiver of alerts', () => {
  let receiver: Server | undefined;
  let hangs = false;
  const posts: { headers: IncomingMessage['headers']; body: string }[] = [];

  const receive = async (): Promise<string> => {
    receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        posts.push({ headers: request.headers, body });
        if (!hangs) response.writeHead(204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  };

  beforeAll(newDataDir);
  afterAll(() => {
    receiver?.closeAllConnections();
    receiver?.close();
  });

  const untilPosted = async (count: number): Promise<void> => {
    for (let tries = 0; posts.length < count && tries < 300; tries += 1) await delay(50);
    expect(posts.length).toBeGreaterThanOrEqual(count);
  };

  it('ends at once at the second signal, and delivers again afterwards what it could not finish', async () => {
    hangs = true;
    const webhook = { WEBHOOK_URL: await receive(), WEBHOOK_SECRET: SECRET };
    const { kill, stop } = await start(webhook);
    await untilPosted(1);
    kill('SIGTERM');
    await delay(500);
    const { exitCode, durationMs } = await stop('SIGINT');
    expect(exitCode).toBe(130);
    expect(durationMs).toBeLessThan(1_500);
    hangs = false;
    const [first] = posts;
    // The claim of the process that is gone runs for twenty seconds.
    await start(webhook);
    for (let tries = 0; posts.length < 2 && tries < 900; tries += 1) await delay(50);
    const again = posts.find(
      (post, index) => index > 0 && post.headers['webhook-id'] === first?.headers['webhook-id'],
    );
    expect(again?.body).toBe(first?.body);
    const verified = new Webhook(SECRET).verify(again?.body ?? '', again?.headers as Record<string, string>);
    expect(verified).toMatchObject({ type: 'session.calls_low', data: { remainingCalls: '4' } });
  });
});

describe('two services on one database', () => {
  const database = withDatabase({ migrated: false });
  let chain: Sandbox | undefined;
  let key = '';
  beforeAll(newDataDir);
  afterAll(async () => {
    await chain?.close();
  });

  const indexedBlock = async (url: string): Promise<number> => {
    const answer = (await askGraphql(url, '{ indexer { indexed { blockNumber } } }', key)) as {
      data: { indexer: { indexed: { blockNumber: number } | null }[] };
    };
    return answer.data.indexer[0]?.indexed?.blockNumber ?? -1;
  };

  const untilIndexed = async (url: string, blockNumber: number): Promise<void> => {
    const deadline = Date.now() + 12_000;
    while ((await indexedBlock(url)) < blockNumber && Date.now() < deadline) await delay(50);
    expect(await indexedBlock(url)).toBe(blockNumber);
  };

  it('lets one index and both answer, and the second take over when the first dies', async () => {
    chain = createSandbox();
    const { url: node } = await chain.listen({ port: 0 });
    const shared = {
      ...database.environment,
      STARKNET_RPC_URL: node,
      START_BLOCK: '0',
      POLL_INTERVAL_MS: '100',
    };
    const first = await start(shared);
    key = await makeKey(database.environment);
    const second = await start({ ...shared, DATA_DIR: join(dataDir, 'second') });
    chain.createBlock();
    await untilIndexed(first.url, 1);
    await untilIndexed(second.url, 1);
    await first.stop('SIGKILL');
    chain.createBlock();
    await untilIndexed(second.url, 2);
  });
});

describe('purser demo', () => {
  it('verifies every step in less than a minute', async () => {
    const startedMs = performance.now();
    const { exitCode, out, err } = await purser('demo', {});
    expect([exitCode, err]).toEqual([0, '']);
    for (const step of ['[1/6]', '[2/6]', '[3/6]', '[4/6]', '[5/6]', '[6/6]', 'All steps verified']) {
      expect(out).toContain(step);
    }
    expect(performance.now() - startedMs).toBeLessThan(60_000);
  });
});
