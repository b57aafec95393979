import { CompiledQuery, type IsolationLevel, Kysely, type LogEvent, sql } from 'kysely';
import type { DatabaseOptions, Db, Trx } from '../database.ts';
import { DatabaseError, databaseErrorCode, toDatabaseError } from '../database.error.ts';
import { clientOptions } from '../driver/client-options.ts';
import { dialectOf } from '../driver/dialect.ts';
import type { PooledConnection } from '../driver/pooled-connection.ts';
import { PooledDriver } from '../driver/pooled-driver.ts';
import type { Database } from '../rows.ts';
import { inTransaction } from '../transaction.ts';
import type { Asked, BatchShape } from './batch-shape.ts';
import { Batches } from './batches.ts';
import { inTime } from './in-time.ts';
import type { RequestScope } from './request-scope.ts';
import { type Limits, openingOf, settingsOf } from './scope-prefix.ts';
import type { ReadOptions, ScopedDb, ScopedStatement } from './scoped-db.ts';
import { MARK, questionOf, type SharedAnswer, SharedAnswers, viewOf } from './shared-answers.ts';
import { type TemplateStatement, varies } from './statement-template.ts';
import { statementBuilder } from './unscoped.ts';

export interface ScopedConnection {
  readonly db: ScopedDb;
  close(): Promise<void>;
}

/** The longest that a statement of a request may take, where nothing else is said. */
const STATEMENT_TIMEOUT_MS = 5000;
/** Each holds a page and its totals, some 100 kB at most. */
const MOST_SHARED = 64;
/** Of one scope: few enough that batches fill, and enough that the server has work while answers are given. */
const BATCHES = { underWay: 4, shared: 8, items: 16 };
/** What takes longer together is asked alone, while there is time for that. */
const BATCH_TIMEOUT_MS = 2000;

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
  readonly #batches = new WeakMap<BatchShape<unknown>, Batches<Part<unknown>, unknown>>();

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

  async readOne<R>(scope: RequestScope, statement: TemplateStatement<R>): Promise<R | undefined> {
    const { shape, values } = statement.partOf(this.build);
    const asking = this.#batchesOf(shape).ask(JSON.stringify(viewOf(scope)), scope, { statement, values });
    try {
      return await inTime(asking, scope.deadlineAtMs, outOfTime);
    } catch (error) {
      if (!(error instanceof BatchFailure)) throw error;
    }
    // What failed may be another one's.
    const [row] = await this.read(scope, statement);
    return row;
  }

  async readEach<R>(
    scope: RequestScope,
    statements: readonly TemplateStatement<R>[],
  ): Promise<(R | undefined)[]> {
    const parts = statements.map((statement) => statement.partOf(this.build));
    const [shape, ...others] = new Set(parts.map((part) => part.shape));
    if (shape === undefined) return [];
    if (others.length > 0) throw varies('what is asked in one statement is not of one template');
    return await this.#readTogether(
      scope,
      shape,
      parts.map(({ values }) => values),
    );
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
          scope.deadlineAtMs,
          outOfTime,
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

  #readAlone<R>(scope: RequestScope, query: CompiledQuery, options: Omit<Limits, 'nowMs'>): Promise<R[]> {
    return this.#lent((connection) => {
      // Not before: waiting for a connection takes of the time that the request has.
      const settings = settingsOf(scope, this.#limits(options));
      return connection.readWithin<R>(openingOf('begin read only', settings), query);
    });
  }

  #batchesOf<R>(shape: BatchShape<R>): Batches<Part<R>, R | undefined> {
    const known = this.#batches.get(shape) as Batches<Part<R>, R | undefined> | undefined;
    if (known !== undefined) return known;
    const batches = new Batches<Part<R>, R | undefined>(BATCHES, (scope, parts) =>
      this.#readBatch(scope, shape, parts),
    );
    this.#batches.set(shape, batches as Batches<Part<unknown>, unknown>);
    return batches;
  }

  /** @throws BatchFailure where there are several; DatabaseError */
  async #readBatch<R>(
    scope: RequestScope,
    shape: BatchShape<R>,
    parts: readonly Part<R>[],
  ): Promise<(R | undefined)[]> {
    const [first] = parts;
    if (parts.length === 1 && first !== undefined) return [(await this.read(scope, first.statement))[0]];
    const asked = parts.map(({ values }) => values);
    const timeoutMs = Math.min(BATCH_TIMEOUT_MS, this.#timeoutMs);
    return await this.#readTogether(scope, shape, asked, { timeoutMs }).catch((error: unknown) => {
      throw MAY_DO_ALONE.has(databaseErrorCode(error))
        ? new BatchFailure('several that were asked at once could not be', { cause: error })
        : error;
    });
  }

  async #readTogether<R>(
    scope: RequestScope,
    shape: BatchShape<R>,
    asked: readonly Asked[],
    limits: { readonly timeoutMs?: number } = {},
  ): Promise<(R | undefined)[]> {
    const query = shape.compile(asked);
    const rows = await this.#observed(query, () =>
      this.#readAlone<R & { readonly asked_place: number }>(scope, query, { plan: 'GENERIC', ...limits }),
    );
    const answers = new Array<R | undefined>(asked.length).fill(undefined);
    for (const row of rows) answers[row.asked_place - 1] = row;
    return answers;
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
      let answer = mark === undefined ? undefined : this.#shared.find(question, mark);
      if (mark !== undefined && answer === undefined) {
        answer = { mark, rows: connection.ask<unknown>(query).then((rows) => Object.freeze(rows)) };
        this.#shared.keep(question, answer);
        await answer.rows;
      }
      await connection.commit();
      committed = true;
      return answer;
    } finally {
      if (!committed) await connection.rollback();
    }
  }

  #limits(options: Omit<Limits, 'nowMs'>): Limits {
    return { timeoutMs: this.#timeoutMs, ...options, nowMs: performance.now() };
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

/** One statement of a batch, and what it is asked with. */
interface Part<R> {
  readonly statement: TemplateStatement<R>;
  readonly values: Asked;
}

class BatchFailure extends Error {}

/** A fault of one of them, or too much together. What ails the server or the way to it would ail each alone. */
const MAY_DO_ALONE: ReadonlySet<string | undefined> = new Set(['QUERY_FAILED', 'STATEMENT_TIMEOUT']);

const outOfTime = (): DatabaseError =>
  new DatabaseError('STATEMENT_TIMEOUT', 'the time of the request ran out');

/** What could not be shared is asked alone, which knows how to go on. That there was no time is the answer. */
const orAlone = (error: unknown): undefined => {
  if (databaseErrorCode(error) === 'STATEMENT_TIMEOUT') throw toDatabaseError(error);
  return undefined;
};
