import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseError } from '../database.error.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly sql: string;
}

const FILE = /^([0-9]{4})_([a-z0-9_]+)\.sql$/;

/** The folder migrations/ of this checkout or package, seen from the sources and from dist alike. */
export const shippedMigrationsDir = (): string => {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'migrations');
    if (existsSync(join(candidate, '0001_chain.sql'))) return candidate;
  }
  throw new DatabaseError('MIGRATION_FILES_INVALID', 'the folder migrations/ is missing');
};

/** Reads NNNN_name.sql in order. @throws DatabaseError MIGRATION_FILES_INVALID unless numbered 1, 2, 3... */
export const readMigrations = async (folder: string): Promise<readonly Migration[]> => {
  const files = (await readdir(folder)).filter((file) => FILE.test(file)).sort();
  const migrations = await Promise.all(files.map((file) => readMigration(folder, file)));
  const gap = migrations.find(({ version }, index) => version !== index + 1);
  if (gap !== undefined || migrations.length === 0) {
    throw new DatabaseError(
      'MIGRATION_FILES_INVALID',
      `migrations must be numbered without gaps: ${gap?.name ?? 'none'}`,
    );
  }
  return migrations;
};

const readMigration = async (folder: string, file: string): Promise<Migration> => {
  const sql = await readFile(join(folder, file), 'utf8');
  // A checkout with other line ends is the same migration.
  const checksum = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
  return { version: Number(file.slice(0, 4)), name: file.replace(/\.sql$/, ''), checksum, sql };
};
