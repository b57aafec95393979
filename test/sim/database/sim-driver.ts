import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresIntrospector,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { CopyingConnection, Database, Db } from '#libs/database';

/** What a database connection is told to do at a place of a transaction. */
export interface Interposer {
  /** Before anything is sent. May throw, and may never come back. */
  before(step: Step): Promise<void>;
  /** After a statement has taken effect in its transaction, or the commit for good. */
  after(step: Step): Promise<void>;
  /** Nothing: the statement is not sent at all. */
  rewrite(query: CompiledQuery, connection: SimConnection): CompiledQuery | undefined;
  /** A connection is lent, until it is returned. */
  lent(connection: SimConnection): void;
  returned(connection: SimConnection): void;
  /** Sends it. Whatever takes time is waited for here. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface Step {
  readonly name: string;
  readonly kind: 'BEGIN' | 'STATEMENT' | 'COMMIT';
  readonly isWrite: boolean;
  readonly connection: SimConnection;
}

/** The first write of a part of a history, and of a note of its search, both by query builder. */
const FILLS_HISTORY = /^update "backfill_jobs" set "state"/;

const WRITE = /^\s*(?:with [a-z_]+ as \(\s*)?(insert into|update|delete from|copy)\s+"?([a-z_]+)"?/i;

/** `insert into facts`, or `read`. */
const nameOf = (sql: string): { readonly name: string; readonly isWrite: boolean } => {
  const [, verb, table] = WRITE.exec(sql) ?? [];
  return verb === undefined
    ? { name: 'read', isWrite: false }
    : { name: `${verb.toLowerCase()} ${table}`, isWrite: true };
};

/** One connection of one process: every statement passes the interposer. */
export class SimConnection implements DatabaseConnection, CopyingConnection {
  readonly inner: DatabaseConnection &
    CopyingConnection & { commit(): Promise<void>; rollback(): Promise<void> };
  readonly #release: () => void;
  readonly #interposer: Interposer;
  isOpen = false;
  /** Whether its transaction fills a history. */
  fillsHistory = false;
  #isCut = false;

  constructor(inner: DatabaseConnection, release: () => void, interposer: Interposer) {
    this.inner = inner as SimConnection['inner'];
    this.#release = release;
    this.#interposer = interposer;
  }

  async begin(settings: TransactionSettings): Promise<void> {
    await this.#interposer.before({ name: 'begin', kind: 'BEGIN', isWrite: false, connection: this });
    this.#refuseWhenCut();
    const isolation = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : '';
    this.isOpen = true;
    this.fillsHistory = false;
    await this.#interposer.run(() => this.sendRaw(`start transaction${isolation}`));
    await this.#interposer.after({ name: 'begin', kind: 'BEGIN', isWrite: false, connection: this });
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.isOpen && FILLS_HISTORY.test(query.sql)) this.fillsHistory = true;
    const step: Step = { ...nameOf(query.sql), kind: 'STATEMENT', connection: this };
    await this.#interposer.before(step);
    this.#refuseWhenCut();
    const rewritten = this.#interposer.rewrite(query, this);
    if (rewritten === undefined) return { rows: [], numAffectedRows: 1n };
    const result = await this.#interposer.run(() => this.inner.executeQuery<R>(rewritten));
    await this.#interposer.after(step);
    return result;
  }

  async copyIn(text: string, rows: string): Promise<number> {
    const step: Step = { ...nameOf(text), kind: 'STATEMENT', connection: this };
    await this.#interposer.before(step);
    this.#refuseWhenCut();
    if (this.#interposer.rewrite(CompiledQuery.raw(text), this) === undefined) return 0;
    const count = await this.#interposer.run(() => this.inner.copyIn(text, rows));
    await this.#interposer.after(step);
    return count;
  }

  async commit(): Promise<void> {
    const step: Step = { name: 'commit', kind: 'COMMIT', isWrite: false, connection: this };
    await this.#interposer.before(step);
    this.#refuseWhenCut();
    this.isOpen = false;
    await this.#interposer.run(() => this.inner.commit());
    await this.#interposer.after(step);
  }

  async rollback(): Promise<void> {
    if (this.isOpen) await this.#interposer.run(() => this.inner.rollback());
    this.isOpen = false;
  }

  /** The server undoes what was open; from here to its release the connection is of no use. */
  async cut(): Promise<void> {
    this.#isCut = true;
    if (this.isOpen) await this.inner.rollback();
    this.isOpen = false;
  }

  /** Cut, and nothing that was sent before is under way any more. */
  async drain(): Promise<void> {
    await this.cut()
      .then(() => this.sendRaw('select 1'))
      .catch(() => undefined);
  }

  sendRaw(sql: string): Promise<QueryResult<unknown>> {
    return this.inner.executeQuery(CompiledQuery.raw(sql));
  }

  release(): void {
    this.#isCut = false;
    this.#release();
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw await Promise.resolve(new Error('nobody streams while indexing'));
  }

  #refuseWhenCut(): void {
    if (this.#isCut) throw connectionClosed();
  }
}

export const connectionClosed = (): Error =>
  Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' });

/** The database as one process sees it: connections of the pool below, each behind the interposer. */
export const interpose = (db: Db, interposer: Interposer): Db => {
  const executor = db.getExecutor();
  const borrow = (): Promise<SimConnection> =>
    new Promise((resolve, reject) => {
      const lent = executor.provideConnection(
        (inner) =>
          new Promise<void>((release) => {
            const connection = new SimConnection(inner, release, interposer);
            interposer.lent(connection);
            resolve(connection);
          }),
      );
      lent.catch(reject);
    });
  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection: () => interposer.run(borrow),
    beginTransaction: (connection, settings) => (connection as SimConnection).begin(settings),
    commitTransaction: (connection) => (connection as SimConnection).commit(),
    rollbackTransaction: (connection) => (connection as SimConnection).rollback(),
    releaseConnection: (connection) => {
      interposer.returned(connection as SimConnection);
      (connection as SimConnection).release();
      return Promise.resolve();
    },
    destroy: () => Promise.resolve(),
  };
  return new Kysely<Database>({
    dialect: {
      createAdapter: () => executor.adapter,
      createDriver: () => driver,
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => ({
        compileQuery: (node, queryId) => executor.compileQuery(node, queryId),
      }),
    },
  });
};
