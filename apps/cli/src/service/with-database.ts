import type { Db } from '#libs/database';
import type { CliContext } from '../context.ts';
import { Cleanup } from './cleanup.ts';
import { openDatabase } from './open-database.ts';

/** Opens the database for one piece of work; its schema must be there. */
export const withDatabase = async <T>(
  { terminal, settings }: CliContext,
  work: (db: Db) => Promise<T>,
): Promise<T> => {
  const cleanup = new Cleanup((name, error) => terminal.err(`could not close ${name}: ${String(error)}`));
  try {
    const { connection } = await openDatabase(settings(), cleanup, { migrates: false, maxConnections: 1 });
    return await work(connection.db);
  } finally {
    await cleanup.run();
  }
};
