import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  connectPostgres,
  createDatabase,
  type EmbeddedPostgres,
  migrate,
  ROLES_SQL,
  startEmbeddedPostgres,
} from '../index.ts';
import { isAlive } from './file-lock.ts';

const query = async <Row>(url: string, text: string): Promise<readonly Row[]> => {
  const database = createDatabase({ url, maxConnections: 1 });
  try {
    return (await sql.raw<Row>(text).execute(database.db)).rows;
  } finally {
    await database.close();
  }
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('embedded PostgreSQL', () => {
  let dataDir: string;
  const started: EmbeddedPostgres[] = [];
  const start = async (more: { dataDir?: string; durable?: boolean } = {}): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, durable: false, ...more });
    started.push(server);
    return server;
  };

  // One for all: making it is slow, and each spec finds what the one before left.
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'purser-embedded-'));
    // The folder is the tester's alone; the server may run as another user.
    await chmod(dataDir, 0o711);
  });

  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop();
  });

  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  it('keeps its data and its port over a restart', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 7 as n');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect([second.adopted, second.port, second.url]).toEqual([false, first.port, first.url]);
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('gives each part of the service a role that is no superuser', async () => {
    const { url, urls } = await start();
    expect(url).toBe(urls.owner);
    for (const [part, role] of Object.entries({
      owner: 'purser',
      indexer: 'purser_indexer',
      api: 'purser_api',
    })) {
      const roles = await query(
        urls[part as keyof typeof urls],
        'select rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles where rolname = session_user',
      );
      expect(roles).toEqual([
        { rolname: role, rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolbypassrls: false },
      ]);
    }
  });

  it('gives the roles that it lacks to a directory of an older Purser, also while its server runs', async () => {
    const stateFile = join(dataDir, 'postgres.json');
    const forget = async () => {
      const state = JSON.parse(await readFile(stateFile, 'utf8')) as Record<string, unknown>;
      const { indexerPassword, apiPassword, ...older } = state;
      expect([indexerPassword, apiPassword]).toEqual([expect.any(String), expect.any(String)]);
      await writeFile(stateFile, JSON.stringify(older));
    };
    const first = await start();
    for (const role of ['purser_indexer', 'purser_api']) await query(first.superuserUrl, `drop role ${role}`);
    await forget();
    const second = await start();
    expect([second.adopted, second.url]).toEqual([true, first.url]);
    await expect(query(second.urls.api, 'select 1 as n')).resolves.toEqual([{ n: 1 }]);
    await second.stop();
    await forget();
    const third = await start();
    await expect(query(third.urls.api, 'select 1 as n')).resolves.toEqual([{ n: 1 }]);
    expect((await start()).urls).toEqual(third.urls);
  });

  it('is not migrated before its roles are there', async () => {
    const { url, superuserUrl } = await start();
    await query(superuserUrl, 'drop role purser_api');
    await expect(migrate({ url })).rejects.toMatchObject({
      code: 'ROLES_MISSING',
      message: expect.stringContaining('no role purser_api:'),
    });
    expect(await query(url, `select to_regclass('schema_migrations') as found`)).toEqual([{ found: null }]);
    for (const time of ['first', 'second']) {
      const sql = connectPostgres({ url: superuserUrl, applicationName: time });
      await sql.unsafe(ROLES_SQL);
      await sql.end();
    }
    expect(
      await query(superuserUrl, `select rolcanlogin from pg_roles where rolname = 'purser_api'`),
    ).toEqual([{ rolcanlogin: false }]);
    await migrate({ url });
    const { urls } = await start();
    expect(await query(urls.api, 'select current_organisation() as id')).toEqual([{ id: null }]);
  });

  it('lets nobody in without the password', async () => {
    const url = new URL((await start()).url);
    url.password = 'guess';
    await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('adopts the server that a killed process left running', async () => {
    const script = `import { startEmbeddedPostgres } from '#libs/database';
      await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
      process.kill(process.pid, 'SIGKILL');`;
    const flags = ['--conditions=purser-source', '--input-type=module', '-e', script];
    const child = spawn(process.execPath, flags, { stdio: 'ignore', env: {} });
    await new Promise((resolve) => child.once('exit', resolve));
    const server = await start();
    expect([child.signalCode, server.adopted]).toEqual(['SIGKILL', true]);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('starts again after the server itself was killed', async () => {
    const first = await start({ durable: true });
    await query(first.url, 'create table committed as select 7 as n');
    process.kill(first.pid, 'SIGKILL');
    await until(() => !isAlive(first.pid));
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'select n from committed')).toEqual([{ n: 7 }]);
  });

  it('gets in again after its state file was lost', async () => {
    const first = await start();
    await first.stop();
    await rm(join(dataDir, 'postgres.json'));
    const second = await start();
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('takes a free port when its own is taken', async () => {
    const first = await start();
    await first.stop();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(first.port, '127.0.0.1', resolve));
    const second = await start();
    expect(second.port).not.toBe(first.port);
    expect(await query(second.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('is one server for two processes on one data directory: the last one out stops it', async () => {
    const [a, b] = await Promise.all([start(), start()]);
    expect(a.pid).toBe(b.pid);
    const user = createDatabase({ url: b.url, maxConnections: 1 });
    await sql`select 1`.execute(user.db);
    await a.stop();
    await expect(sql`select 1`.execute(user.db)).resolves.toBeDefined();
    await user.close();
    await b.stop();
    expect(isAlive(b.pid)).toBe(false);
  });

  it('is a server apart for each data directory', async () => {
    const [a, b] = await Promise.all([start(), start({ dataDir: join(dataDir, 'other') })]);
    expect(a.port).not.toBe(b.port);
  });
});
