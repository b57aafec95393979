import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseError, thrownMessage } from '../database.error.ts';
import type { Binaries } from './binaries.ts';
import { canEnter, type ServerUser } from './server-user.ts';

const run = promisify(execFile);

/**
 * Where the files of a new server go: inside the data directory, or, when we are root and the server's user cannot
 * enter that directory, below /var/lib/purser. The name is drawn by lot and noted in the data directory, so that
 * one that was removed and made again starts empty.
 */
export const clusterDirFor = async (dataDir: string, user: ServerUser | undefined): Promise<string> => {
  if (user === undefined || (await canEnter(dataDir, user))) return join(dataDir, 'postgres');
  const shared = '/var/lib/purser';
  await mkdir(shared, { recursive: true, mode: 0o755 });
  return join(shared, `postgres-${randomBytes(8).toString('hex')}`);
};

/**
 * Makes the data directory of the server unless there is one; under another name first: whole or not at all.
 * One whose password was lost with the state file gets the new one.
 */
export const ensureCluster = async (
  clusterDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  password: { readonly superuser: string; readonly isNew: boolean },
): Promise<void> => {
  const version = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version === undefined) return initialise(clusterDir, binaries, user, password.superuser);
  if (version.trim() !== binaries.majorVersion) {
    throw new DatabaseError(
      'EMBEDDED_POSTGRES_VERSION',
      `${clusterDir} was made by PostgreSQL ${version.trim()}, this Purser brings ${binaries.majorVersion}: ` +
        'export with the older Purser, or choose another DATA_DIR',
    );
  }
  if (password.isNew) await resetPassword(clusterDir, binaries, user, password.superuser);
};

// Single-user mode asks for no password: who may write the files is the superuser.
const resetPassword = async (
  clusterDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  password: string,
): Promise<void> => {
  const running = run(binaries.postgres, ['--single', '-D', clusterDir, 'postgres'], { ...user, cwd: '/' });
  running.child.stdin?.end(`alter role postgres password '${password}'\n`);
  try {
    await running;
  } catch (cause) {
    throw new DatabaseError('EMBEDDED_POSTGRES_FAILED', `the password could not be set: ${reason(cause)}`, {
      cause,
    });
  }
};

const initialise = async (
  clusterDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  superuserPassword: string,
): Promise<void> => {
  const part = `${clusterDir}.new`;
  const passwordFile = `${clusterDir}.password`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { mode: 0o700 });
  await chmod(part, 0o700);
  await writeFile(passwordFile, superuserPassword, { mode: 0o600 });
  if (user !== undefined) for (const path of [part, passwordFile]) await chown(path, user.uid, user.gid);
  try {
    const options = [
      '--username=postgres',
      '--encoding=UTF8',
      '--locale=C',
      '--auth=scram-sha-256',
      '--no-sync',
    ];
    await run(binaries.initdb, [`--pgdata=${part}`, `--pwfile=${passwordFile}`, ...options], {
      ...user,
      cwd: '/',
    });
    await rename(part, clusterDir);
  } catch (cause) {
    throw new DatabaseError('EMBEDDED_POSTGRES_FAILED', `initdb failed: ${reason(cause)}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
};

const reason = (error: unknown): string => {
  const hasOutput = typeof error === 'object' && error !== null && 'stderr' in error;
  return (hasOutput && String(error.stderr)) || thrownMessage(error);
};
