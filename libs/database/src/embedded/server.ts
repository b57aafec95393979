import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseError } from '../database.error.ts';
import type { Binaries } from './binaries.ts';
import { isAlive, pause } from './file-lock.ts';
import type { ServerUser } from './server-user.ts';

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  log_checkpoints: 'off',
  jit: 'off',
};

// For tests only: a power cut loses the cluster.
export const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Settings of PostgreSQL by name. */
export type ServerSettings = Readonly<Record<string, string>>;

export interface ServerOptions {
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly clusterDir: string;
  readonly logFile: string;
  /** Beside and above the settings of our own. */
  readonly settings: ServerSettings;
}

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

const START_WAIT_MS = 30_000;

/**
 * Starts the server on the preferred port, or on a free one when that is taken. It is detached: Ctrl-C in a
 * terminal reaches us and not it, and after our kill -9 it goes on until the next start adopts it.
 */
export const startServer = async (options: ServerOptions, preferredPort?: number): Promise<RunningServer> => {
  const deadline = Date.now() + START_WAIT_MS;
  let port = preferredPort !== undefined && (await isFree(preferredPort)) ? preferredPort : await freePort();
  for (;;) {
    const attempt = await tryStart(options, port, deadline);
    if ('pid' in attempt) return { pid: attempt.pid, port };
    if (Date.now() > deadline || !/Address already in use|lock file|shared memory/.test(attempt.log)) {
      throw new DatabaseError(
        'EMBEDDED_POSTGRES_FAILED',
        `PostgreSQL did not start: ${attempt.log.trim().slice(-600)}`,
      );
    }
    await pause(100);
    port = await freePort();
  }
};

const tryStart = async (
  options: ServerOptions,
  port: number,
  deadline: number,
): Promise<{ pid: number } | { log: string }> => {
  const { binaries, clusterDir, user } = options;
  const settings = { ...SETTINGS, port: String(port), ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(options.logFile, 'a', 0o600);
  try {
    const { size } = await log.stat();
    const child = spawn(binaries.postgres, ['-D', clusterDir, ...flags], {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const outcome = { ended: undefined as string | undefined };
    child.once('error', (error) => (outcome.ended = error.message));
    child.once('exit', (exitCode) => (outcome.ended ??= `exit code ${String(exitCode)}`));
    child.unref();
    while (outcome.ended === undefined && Date.now() < deadline) {
      if (child.pid !== undefined && (await isReady(clusterDir, child.pid))) return { pid: child.pid };
      await pause(10);
    }
    if (outcome.ended === undefined) child.kill('SIGINT');
    const text = await readFile(options.logFile, 'utf8').catch(() => '');
    return { log: `${text.slice(size)} ${outcome.ended ?? 'no answer in time'}` };
  } finally {
    await log.close();
  }
};

/** Line 1 of postmaster.pid is the process, line 8 its state. */
const isReady = async (clusterDir: string, pid: number): Promise<boolean> => {
  const lines = (await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
};

/** The process that postmaster.pid names, when it is alive. */
export const runningPid = async (clusterDir: string): Promise<number | undefined> => {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return pid > 0 && isAlive(pid) ? pid : undefined;
};

/** Fast shutdown: running transactions are rolled back, everything committed is kept. */
export const stopServer = async (pid: number, waitMs = 20_000): Promise<void> => {
  const deadline = Date.now() + waitMs;
  signalServer(pid, 'SIGINT');
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new DatabaseError('EMBEDDED_POSTGRES_FAILED', `PostgreSQL (process ${pid}) does not stop`);
    }
    await pause(10);
  }
};

export const signalServer = (pid: number, signal: 'SIGINT' | 'SIGQUIT'): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, which is what was asked for.
  }
};

const listen = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });

const isFree = async (port: number): Promise<boolean> => (await listen(port)) !== undefined;

const freePort = async (): Promise<number> => {
  const port = await listen(0);
  if (port === undefined) throw new DatabaseError('EMBEDDED_POSTGRES_FAILED', 'no free port on 127.0.0.1');
  return port;
};
