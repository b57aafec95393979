import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import {
  createDatabase,
  type EmbeddedPostgres,
  migrate,
  type Sql,
  startEmbeddedPostgres,
} from '#libs/database';

/** The one database server of a benchmark; each run gets a fresh, migrated database on it. */
export interface BenchServer {
  readonly settings: Readonly<Record<string, string>>;
  readonly version: string;
  readonly pid: number;
  fresh(name: string): Promise<BenchDatabase>;
  stop(): Promise<void>;
}

export interface BenchDatabase {
  /** As its owner. */
  readonly url: string;
  /** As the role that indexes in a service. */
  readonly indexerUrl: string;
  /** As the role that answers. */
  readonly apiUrl: string;
  /** As somebody who may do anything, for peers. */
  readonly superuserUrl: string;
  readonly sql: Sql;
  walBytesSince(lsn: string): Promise<number>;
  lsn(): Promise<string>;
  drop(): Promise<void>;
}

const SHOWN = [
  ...['shared_buffers', 'max_wal_size', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_level'],
  ...['checkpoint_timeout', 'work_mem', 'jit', 'autovacuum'],
];

export const startBenchServer = async (): Promise<BenchServer> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-bench-'));
  // Started by root, the server runs as another user: where that one cannot enter, its files would go elsewhere and stay.
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, settings: { shared_buffers: '512MB' } });
  // The server is detached from us: interrupted, we must not leave it behind. Nothing in it is worth a clean end.
  const leave = (): void => {
    process.kill(server.pid, 'SIGQUIT');
    while (isRunning(server.pid)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    rmSync(dataDir, { recursive: true, force: true });
  };
  process.once('exit', leave);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const stop = async (): Promise<void> => {
    await admin.end({ timeout: 5 });
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
    process.off('exit', leave);
  };
  const admin = postgres(server.superuserUrl, { max: 1, onnotice: () => undefined });
  try {
    await migrate({ url: server.url });
    const rows = await admin<{ name: string; setting: string }[]>`
      select name, current_setting(name) as setting from pg_settings where name in ${admin(SHOWN)} order by name`;
    const [row] = await admin<{ version: string }[]>`select version()`;
    return {
      settings: Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
      version: row?.version.split(' on ')[0] ?? 'unknown',
      pid: server.pid,
      fresh: (name) => freshDatabase(server, admin, name),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const freshDatabase = async (
  server: EmbeddedPostgres,
  admin: postgres.Sql,
  name: string,
): Promise<BenchDatabase> => {
  const { owner, indexer, api } = server.urls;
  const urls = [owner, indexer, api, server.superuserUrl].map((each) => new URL(each)) as [
    URL,
    URL,
    URL,
    URL,
  ];
  const [url, indexerUrl, apiUrl, superuserUrl] = urls;
  const [role, template] = [url.username, url.pathname.slice(1)];
  await admin.unsafe(`create database ${name} template ${template} owner ${role}`);
  // What one run left in the buffers is not written out during the next.
  await admin.unsafe('checkpoint');
  for (const each of urls) each.pathname = `/${name}`;
  const connection = createDatabase({ url: url.href, maxConnections: 2, statementTimeoutMs: 0 });
  const { sql } = connection;
  return {
    url: url.href,
    indexerUrl: indexerUrl.href,
    apiUrl: apiUrl.href,
    superuserUrl: superuserUrl.href,
    sql,
    lsn: async () => (await sql<{ lsn: string }[]>`select pg_current_wal_insert_lsn()::text as lsn`)[0]!.lsn,
    walBytesSince: async (lsn) => {
      const [row] = await sql<{ bytes: string }[]>`
        select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ${lsn}::text::pg_lsn)::text as bytes`;
      return Number(row?.bytes);
    },
    drop: async () => {
      await connection.close();
      await admin.unsafe(`drop database ${name} with (force)`);
    },
  };
};

/** One that has ended stays in /proc until its parent, which may be us, has taken note. */
const isRunning = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

const TICKS_PER_SECOND = 100;

/** CPU seconds of the server with all its processes, those that ended too; nothing where /proc is not there. */
export const serverCpuSeconds = (postmasterPid: number): number | undefined => {
  try {
    const all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => cpuOf(pid));
    const own = all.find(({ pid }) => pid === postmasterPid);
    const children = all.filter(({ parent }) => parent === postmasterPid);
    if (own === undefined) return undefined;
    return (own.withReaped + children.reduce((sum, { ticks }) => sum + ticks, 0)) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
};

const cpuOf = (pid: string): { pid: number; parent: number; ticks: number; withReaped: number }[] => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const [user, system, reapedUser, reapedSystem] = fields.slice(11, 15).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const ticks = user + system;
    return [
      { pid: Number(pid), parent: Number(fields[1]), ticks, withReaped: ticks + reapedUser + reapedSystem },
    ];
  } catch {
    return [];
  }
};
