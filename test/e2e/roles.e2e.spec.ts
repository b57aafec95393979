import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { feltToHex } from '#libs/felt';
import { createSessionWorld, sessionKeyOf, withDatabase, withLogins } from '#libs/testing';
import {
  askGraphql,
  buildCommandLine,
  type Environment,
  makeKey,
  purser,
  type Started,
  startPurser,
} from './command-line.ts';

jest.setTimeout(120_000);

const SECRET = 0x777n;

interface Ready {
  readonly reasons: readonly { readonly code: string }[];
}

describe('a process that only answers beside one that only indexes', () => {
  const database = withDatabase({ migrated: false });
  const logins = withLogins(database);
  const world = createSessionWorld();
  const running: Started[] = [];
  let dataDir = '';
  let common: Environment;
  let apiKey = '';

  beforeAll(async () => {
    buildCommandLine();
    dataDir = await mkdtemp(join(tmpdir(), 'purser-roles-'));
    const { url } = await world.chain.sandbox.listen({ port: 0 });
    world.grant(SECRET);
    common = {
      ...{ STARKNET_RPC_URL: url, START_BLOCK: '0', DATA_DIR: dataDir, PORT: '0' },
      ...{ POLL_INTERVAL_MS: '50', LOG_LEVEL: 'fatal' },
    };
  }, 240_000);

  afterAll(async () => {
    for (const started of running) if (started.isRunning()) await started.stop('SIGTERM');
    await world.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const answering = (): Environment => {
    const { API_DATABASE_URL = '', KEY_PEPPER = '' } = database.environment;
    return { ...common, PURSER_ROLES: 'api', API_DATABASE_URL, KEY_PEPPER };
  };
  const indexing = (): Environment => {
    const { DATABASE_URL = '', INDEXER_DATABASE_URL = '' } = database.environment;
    return { ...common, PURSER_ROLES: 'indexer,notifier', DATABASE_URL, INDEXER_DATABASE_URL };
  };
  const start = async (environment: Environment): Promise<Started> => {
    const started = await startPurser(environment);
    running.push(started);
    return started;
  };
  /** Why it does not start. One that does start is stopped with the others. */
  const refusal = async (environment: Environment): Promise<string> =>
    start(environment).then(
      ({ url }) => `it started at ${url}`,
      (error: unknown) => (error as Error).message,
    );
  const notReady = async (url: string): Promise<string[]> => {
    const { reasons } = (await (await fetch(`${url}/readyz`)).json()) as Ready;
    return reasons.map(({ code }) => code);
  };
  const countOf = async (rows: string): Promise<number> => {
    const [row] = await database.sql<{ n: number }[]>`select count(*) as n from ${database.sql.unsafe(rows)}`;
    return row?.n ?? -1;
  };
  const source = async (url: string): Promise<{ readonly source?: string }> => {
    const account = feltToHex(world.account.address);
    const key = feltToHex(sessionKeyOf(SECRET));
    const query = `{ getSessionData(walletAddress: "${account}", sessionPublicKey: "${key}") { isActive source } }`;
    const { data } = (await askGraphql(url, query, apiKey)) as {
      data: { getSessionData: { readonly source?: string } };
    };
    return data.getSessionData;
  };
  const until = async (isTrue: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 400 && !(await isTrue()); tries += 1) await delay(50);
    expect(await isTrue()).toBe(true);
  };

  it('does not migrate: it refuses a schema that is not there', async () => {
    expect(await refusal(answering())).toContain('"SCHEMA_OLDER_THAN_BINARY"');
    expect(await countOf(`pg_class where relnamespace = 'public'::regnamespace`)).toBe(0);
  });

  it('answers, waits for who indexes, and writes no network', async () => {
    const { DATABASE_URL = '' } = database.environment;
    expect(await purser('migrate', { DATABASE_URL })).toMatchObject({ exitCode: 0 });
    apiKey = await makeKey(database.environment, 'integrator');
    const { url } = await start(answering());
    expect(await notReady(url)).toContain('NETWORK_NOT_INDEXED');
    expect(await source(url)).toEqual({ isActive: true, source: 'NODE' });
    expect(await countOf('networks')).toBe(0);
  });

  it('answers from the index once another process makes it, and sees what the organisation follows', async () => {
    await start(indexing());
    const [{ url } = { url: '' }] = running;
    // Ready before the last block is there, which may be that of the grant.
    await until(async () => (await notReady(url)).length === 0);
    await until(async () => (await source(url)).source === 'INDEX');
    expect(await source(url)).toEqual({ isActive: true, source: 'INDEX' });
    expect(await countOf('networks')).toBe(1);
    await database.sql`delete from follows`;
    expect(await source(url)).toEqual({ isActive: true, source: 'NODE' });
  });

  it('leaves no connection of the owner: each process comes in as its own role', async () => {
    const rows = await database.sql<{ role: string; name: string }[]>`
      select distinct usename::text as role, application_name as name from pg_stat_activity
      where datname = current_database() and application_name <> 'purser-spec' order by 1, 2`;
    expect(rows.map(({ role, name }) => `${role} ${name}`)).toEqual([
      'purser_api purser-api',
      'purser_api purser-api-changes',
      'purser_api purser-api-keys',
      'purser_indexer purser',
      'purser_indexer purser-writer-lock',
    ]);
  });

  it.each([
    ['the owner of the tables', () => database.urls.owner, 'it owns the table follows'],
    ['a superuser', () => logins.create('superuser'), 'it is a superuser'],
    ['the role that indexes', () => database.urls.indexer, 'it is no member of purser_api'],
  ])('does not start as %s', async (_who, url, fault) => {
    const said = await refusal({ ...answering(), API_DATABASE_URL: await url() });
    expect(said).toContain('"API_ROLE_UNSAFE"');
    expect(said).toContain(fault);
  });

  it('looks at the roles on the host too', async () => {
    const { DATABASE_URL = '' } = database.environment;
    const right = await purser('database check --json', database.environment);
    expect([right.exitCode, right.err]).toEqual([0, '']);
    const wrong = await purser('database check', { ...database.environment, API_DATABASE_URL: DATABASE_URL });
    expect(wrong).toMatchObject({ exitCode: 65, err: expect.stringContaining('[DATABASE_UNFIT]') });
    expect((await purser('database roles', {})).out).toContain('create role purser_api nologin');
  });
});
