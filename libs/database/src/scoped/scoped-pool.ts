import { CompiledQuery, type IsolationLevel, Kysely, type LogEvent, sql } from 'kysely';
import type { DatabaseOptions, Db, Trx } from '../database.ts';
import { databaseErrorCode, toDatabaseError } from '../database.error.ts';
import { clientOptions } from '../driver/client-options.ts';
import { dialectOf } from '../driver/dialect.ts';
import type { PooledConnection } from '../driver/pooled-connection.ts';
import { PooledDriver } from '../driver/pooled-driver.ts';
import type { Database } from '../rows.ts';
import { inTransaction } from '../transaction.ts';
import type { RequestScope } from './request-scope.ts';
import { type Limits, openingOf, settingsOf } from './scope-prefix.ts';
import type { ReadOptions, ScopedDb, ScopedStatement } from './scoped-db.ts';
import { inTime, MARK, questionOf, type SharedAnswer, SharedAnswers } from './shared-answers.ts';
import { statementBuilder } from './unscoped.ts';

export interface ScopedConnection {
  readonly db: ScopedDb;
  close(): Promise<void>;
}

/** The longest that a statement of a request may take, where nothing else is said. */
const STATEMENT_TIMEOUT_MS = 5000;
/** Each holds a page and its totals, some 100 kB at most. */
const MOST_SHARED = 64;

/** Opens a pool for requests. Connects lazily. The role of the URL should own nothing: see requireSafeApiRole. */
export const createScopedDatabase = (options: DatabaseOptions): ScopedConnection => {
  const pool = new ScopedPool(options);
  return { db: pool, close: () => pool.close() };
};

class ScopedPool implements ScopedDb {
  readonly build: Db = statementBuilder();
  readonly #driver: PooledDriver;
  readonly #transactions: Db;
  readonly #timeoutMs: number;
  readonly #onQuery: ((event: LogEvent) => void) | undefined;
  readonly #shared = new SharedAnswers(MOST_SHARED);

  constructor(options: DatabaseOptions) {
    const { url, maxConnections = 10, statementTimeoutMs = STATEMENT_TIMEOUT_MS, onQuery } = options;
    const client = clientOptions({ ...options, statementTimeoutMs });
    this.#driver = new PooledDriver({ url, maxConnections, client });
    this.#transactions = new Kysely<Database>({
      dialect: dialectOf(this.#driver),
      ...(onQuery && { log: onQuery }),
    });
    this.#timeoutMs = statementTimeoutMs;
    this.#onQuery = onQuery;
  }

  async read<R>(scope: RequestScope, statement: ScopedStatement<R>, options: ReadOptions = {}): Promise<R[]> {
    const query = statement.compile(this.build);
    return await this.#observed(query, () => this.#readAlone<R>(scope, query, options));
  }

  async readShared<R>(
    scope: RequestScope,
    statement: ScopedStatement<R>,
    options: ReadOptions = {},
  ): Promise<readonly R[]> {
    const query = statement.compile(this.build);
    const question = questionOf(scope, query);
    return await this.#observed(query, async () => {
      const found = await this.#lent((connection) =>
        this.#findOrRead(connection, scope, query, question, options),
      ).catch(orAlone);
      // Outside of the transaction: whoever waits for another one's answer keeps no connection.
      const rows =
        found &&
        (await inTime(
          found.rows.catch(() => undefined),
          scope,
        ));
      return (rows as readonly R[] | undefined) ?? (await this.#readAlone<R>(scope, query, options));
    });
  }

  transact<T>(
    scope: RequestScope,
    work: (trx: Trx) => Promise<T>,
    options: { readonly isolationLevel?: IsolationLevel } = {},
  ): Promise<T> {
    const scoped = async (trx: Trx): Promise<T> => {
      const settings = Object.entries(settingsOf(scope, this.#limits({})));
      const calls = settings.map(([name, value]) => sql`set_config(${name}, ${value}, true)`);
      await sql`select ${sql.join(calls)}`.execute(trx);
      return await work(trx);
    };
    return inTransaction(this.#transactions, scoped, options);
  }

  async *stream<R>(
    scope: RequestScope,
    statement: ScopedStatement<R>,
    chunk: number,
  ): AsyncGenerator<R, void, undefined> {
    const query = statement.compile(this.build);
    // A reader may be slow: only the deadline of the scope ends it.
    const settings = settingsOf(scope, { nowMs: performance.now() });
    const connection = await this.#driver.acquireConnection();
    let committed = false;
    try {
      await connection.begin(openingOf('begin isolation level repeatable read read only', settings));
      for await (const { rows } of connection.streamQuery<R>(query, chunk)) yield* rows;
      await connection.commit();
      committed = true;
    } catch (error) {
      throw toDatabaseError(error);
    } finally {
      // Here too when the reader wants no more.
      if (!committed) await connection.rollback();
      await this.#driver.releaseConnection(connection);
    }
  }

  close(): Promise<void> {
    return this.#driver.destroy();
  }

  #readAlone<R>(scope: RequestScope, query: CompiledQuery, options: ReadOptions): Promise<R[]> {
    return this.#lent((connection) => {
      // Not before: waiting for a connection takes of the time that the request has.
      const settings = settingsOf(scope, this.#limits(options));
      return connection.readWithin<R>(openingOf('begin read only', settings), query);
    });
  }

  /** Undefined: of this snapshot nothing can be shared. */
  async #findOrRead(
    connection: PooledConnection,
    scope: RequestScope,
    query: CompiledQuery,
    question: string,
    options: ReadOptions,
  ): Promise<SharedAnswer | undefined> {
    const settings = settingsOf(scope, this.#limits(options));
    await connection.begin(openingOf('begin isolation level repeatable read read only', settings));
    let committed = false;
    try {
      const [row] = await connection.ask<{ mark: string | null }>(CompiledQuery.raw(MARK));
      const mark = row?.mark ?? undefined;
      const known = mark === undefined ? undefined : this.#shared.find(question, mark);
      if (mark !== undefined && known === undefined) {
        const reading = connection.ask<unknown>(query).then((rows) => Object.freeze(rows));
        const answer = { mark, rows: reading };
        this.#shared.keep(question, answer);
        await reading;
        await connection.commit();
        committed = true;
        return answer;
      }
      await connection.commit();
      committed = true;
      return known;
    } finally {
      if (!committed) await connection.rollback();
    }
  }

  #limits(options: ReadOptions): Limits {
    return { ...options, timeoutMs: this.#timeoutMs, nowMs: performance.now() };
  }

  async #lent<T>(work: (connection: PooledConnection) => Promise<T>): Promise<T> {
    const connection = await this.#driver.acquireConnection();
    try {
      return await work(connection);
    } finally {
      await this.#driver.releaseConnection(connection);
    }
  }

  async #observed<T>(query: CompiledQuery, work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const took = (): number => performance.now() - startedMs;
    try {
      const value = await work();
      this.#onQuery?.({ level: 'query', query, queryDurationMillis: took() });
      return value;
    } catch (error) {
      this.#onQuery?.({ level: 'error', error, query, queryDurationMillis: took() });
      throw toDatabaseError(error);
    }
  }
}

/** What could not be shared is asked alone, which knows how to go on. That there was no time is the answer. */
const orAlone = (error: unknown): undefined => {
  if (databaseErrorCode(error) === 'STATEMENT_TIMEOUT') throw toDatabaseError(error);
  return undefined;
};
