import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, type EmbeddedPostgres, startEmbeddedPostgres } from '../index.ts';
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

  it('gives the service a role that is no superuser', async () => {
    const { url } = await start();
    const roles = await query(
      url,
      'select rolsuper, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles where rolname = current_user',
    );
    expect(roles).toEqual([
      { rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolbypassrls: false },
    ]);
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
