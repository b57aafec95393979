import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseError } from '../database.error.ts';
import { findBinaries } from './binaries.ts';
import { clusterDirFor, ensureCluster } from './cluster.ts';
import { isAlive, pause, withFileLock } from './file-lock.ts';
import {
  runningPid,
  signalServer,
  startServer,
  stopServer,
  NOT_DURABLE,
  type ServerSettings,
} from './server.ts';
import { serverUser } from './server-user.ts';
import {
  answersFrom,
  ensureRoles,
  hasOtherClients,
  type ServicePasswords,
  type ServiceUrls,
  serviceUrls,
  urlOf,
} from './service-roles.ts';
import { newPassword, readState, type ServerState, writeState } from './state-file.ts';

export interface EmbeddedPostgresOptions {
  /** Each data directory has a server of its own. Created when missing. */
  readonly dataDir: string;
  /** False only in tests: faster, and a power cut loses everything. Default true. */
  readonly durable?: boolean;
  /** Settings of a server that is started, above those it has by default. */
  readonly settings?: ServerSettings;
}

export interface EmbeddedPostgres {
  /** For the service: a role without superuser rights for each of its parts. The owner has the database and its tables. */
  readonly urls: ServiceUrls;
  /** That of the owner. */
  readonly url: string;
  readonly superuserUrl: string;
  readonly port: number;
  readonly pid: number;
  /** True when a server was found running, left by a process that was killed or shared with one that lives. */
  readonly adopted: boolean;
  /** Close every pool first. The server stays up while another process uses it: the last one out stops it. */
  stop(): Promise<void>;
  /** Fast shutdown without waiting, for a process that must exit now. */
  stopNow(): void;
}

/** Starts the PostgreSQL that comes with Purser, or adopts the one already running on the data directory. */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const lock = join(dataDir, 'postgres.lock');
  const { state, adopted } = await withFileLock(lock, () => adoptOrStart(dataDir, settingsOf(options)));
  const superuserUrl = superuserUrlOf(state);
  const urls = serviceUrls(passwordsOf(state), state.port);
  return {
    urls,
    url: urls.owner,
    superuserUrl,
    port: state.port,
    pid: state.pid,
    adopted,
    stop: () => withFileLock(lock, () => stopUnlessShared(state)),
    stopNow: () => signalServer(state.pid, 'SIGINT'),
  };
};

const settingsOf = ({ durable = true, settings }: EmbeddedPostgresOptions): ServerSettings => ({
  ...(durable ? {} : NOT_DURABLE),
  ...settings,
});

const passwordsOf = (state: ServerState): ServicePasswords => ({
  owner: state.password,
  indexer: state.indexerPassword,
  api: state.apiPassword,
});

const superuserUrlOf = (state: ServerState): string =>
  urlOf('postgres', state.superuserPassword, state.port, 'postgres');

const adoptOrStart = async (
  dataDir: string,
  settings: ServerSettings,
): Promise<{ state: ServerState; adopted: boolean }> => {
  const user = await serverUser();
  const previous = await readState(dataDir);
  const clusterDir = previous?.clusterDir ?? (await clusterDirFor(dataDir, user));
  const pid = await runningPid(clusterDir);
  if (
    pid !== undefined &&
    previous !== undefined &&
    (await answersFrom(superuserUrlOf(previous), clusterDir))
  ) {
    const state = { ...previous, pid };
    // Passwords of roles that the file did not know are new: the next process needs them too.
    await writeState(dataDir, state);
    await ensureRoles(superuserUrlOf(state), passwordsOf(state));
    return { state, adopted: true };
  }
  if (pid !== undefined) await waitForEnd(pid, clusterDir);
  const state = await start(dataDir, clusterDir, settings, previous);
  return { state, adopted: false };
};

// It does not answer us: it is on its way out, or it is not ours to use.
const waitForEnd = async (pid: number, clusterDir: string): Promise<void> => {
  for (let waited = 0; isAlive(pid) && (await runningPid(clusterDir)) === pid; waited += 50) {
    if (waited > 10_000) {
      throw new DatabaseError(
        'EMBEDDED_POSTGRES_FAILED',
        `process ${pid} serves ${clusterDir} and does not take our password: stop it (kill -INT ${pid})`,
      );
    }
    await pause(50);
  }
};

const start = async (
  dataDir: string,
  clusterDir: string,
  settings: ServerSettings,
  previous: ServerState | undefined,
): Promise<ServerState> => {
  const user = await serverUser();
  const binaries = await findBinaries(user);
  const passwords = {
    superuserPassword: previous?.superuserPassword ?? newPassword(),
    password: previous?.password ?? newPassword(),
    indexerPassword: previous?.indexerPassword ?? newPassword(),
    apiPassword: previous?.apiPassword ?? newPassword(),
  };
  // Written before initdb: a cluster whose password nobody knows would be lost.
  await writeState(dataDir, { pid: 0, port: previous?.port ?? 0, clusterDir, ...passwords });
  // 0: an earlier start did not get as far as setting the password.
  const isNew = previous === undefined || previous.pid === 0;
  await ensureCluster(clusterDir, binaries, user, { superuser: passwords.superuserPassword, isNew });
  const logFile = join(dataDir, 'postgres.log');
  const server = await startServer(
    { binaries, user, clusterDir, logFile, settings },
    previous?.port || undefined,
  );
  const state = { ...server, clusterDir, ...passwords };
  await writeState(dataDir, state);
  await ensureRoles(superuserUrlOf(state), passwordsOf(state));
  return state;
};

const stopUnlessShared = async (state: ServerState): Promise<void> => {
  if (!isAlive(state.pid)) return;
  if (await hasOtherClients(superuserUrlOf(state)).catch(() => false)) return;
  await stopServer(state.pid);
};
