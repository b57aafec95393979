import { Kysely, type LogEvent, type Transaction } from 'kysely';
import postgres from 'postgres';
import { clientOptions } from './driver/client-options.ts';
import { dialectOf } from './driver/dialect.ts';
import { PooledDriver } from './driver/pooled-driver.ts';
import type { Database } from './rows.ts';

export type Db = Kysely<Database>;
/** What writing methods take first: the statement joins the caller's transaction. */
export type Trx = Transaction<Database>;
export type Sql = postgres.Sql;

export interface DatabaseOptions {
  readonly url: string;
  /** Default 10. */
  readonly maxConnections?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Default 30 s; 0 for none (back-fill, migrations). */
  readonly statementTimeoutMs?: number;
  readonly onQuery?: (event: LogEvent) => void;
}

/** A pool for statements, and beside it a postgres.js client for LISTEN and COPY that connects when first used. */
export interface DatabaseConnection {
  readonly db: Db;
  readonly sql: Sql;
  close(): Promise<void>;
}

/** A bare postgres.js client with our types, for what does not go through Kysely. */
export const connectPostgres = (options: DatabaseOptions): Sql =>
  postgres(options.url, { ...clientOptions(options), max: options.maxConnections ?? 2 });

/** Opens a pool. Connects lazily; the first statement reports CONNECTION_FAILED when there is no server. */
export const createDatabase = (options: DatabaseOptions): DatabaseConnection => {
  const { url, maxConnections = 10, onQuery } = options;
  const sql = connectPostgres({ ...options, maxConnections: 2 });
  const driver = new PooledDriver({ url, maxConnections, client: clientOptions(options) });
  const db = new Kysely<Database>({ dialect: dialectOf(driver), ...(onQuery && { log: onQuery }) });
  return {
    db,
    sql,
    close: async () => {
      await Promise.all([driver.destroy(), sql.end({ timeout: 5 })]);
    },
  };
};
