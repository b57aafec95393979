import type { Db } from '#libs/database';
import type { CliContext } from '../context.ts';
import { Cleanup } from './cleanup.ts';
import { openDatabases } from './open-databases.ts';

/** Opens the database as its owner for one piece of work; its schema must be there. */
export const withDatabase = async <T>(
  { terminal, settings }: CliContext,
  work: (db: Db) => Promise<T>,
): Promise<T> => {
  const cleanup = new Cleanup((name, error) => terminal.err(`could not close ${name}: ${String(error)}`));
  try {
    const { owner } = await openDatabases(settings(), cleanup, { needs: ['owner'], maxConnections: 1 });
    return await work(owner.connection.db);
  } finally {
    await cleanup.run();
  }
};
