import { realpath } from 'node:fs/promises';
import postgres from 'postgres';
import { CliError } from '../cli.error.ts';
import type { Cleanup } from './cleanup.ts';
import { readServiceFile } from './service-file.ts';

/**
 * Makes this process the only one that runs the sandbox of a data directory: two would write one chain. The lock
 * lives in the database and ends with our connection, so a process that was killed leaves nothing behind.
 * @throws CliError ALREADY_RUNNING
 */
export const lockDataDir = async (databaseUrl: string, dataDir: string, cleanup: Cleanup): Promise<void> => {
  const sql = postgres(databaseUrl, {
    max: 1,
    max_lifetime: null,
    onnotice: () => undefined,
    connection: { application_name: 'purser-data-dir-lock' },
  });
  cleanup.defer('lock of the data directory', () => sql.end({ timeout: 2 }));
  const name = `purser sandbox ${await realpath(dataDir)}`;
  const [row] = await sql<{ locked: boolean }[]>`
    select pg_try_advisory_lock(hashtextextended(${name}, 0)) as locked`;
  if (row?.locked === true) return;
  const running = await readServiceFile(dataDir);
  const where = running === undefined ? '' : ` at ${running.url} (process ${running.pid})`;
  throw new CliError('ALREADY_RUNNING', `the sandbox of ${dataDir} already runs${where}`, {
    hint: 'use that one, stop it first, or set DATA_DIR to another folder',
  });
};
