import type { DatabaseConnection, Driver, TransactionSettings } from 'kysely';
import { DatabaseError } from '../database.error.ts';
import { type ClientOptions, PooledConnection } from './pooled-connection.ts';

export interface DriverOptions {
  readonly url: string;
  readonly maxConnections: number;
  readonly client: ClientOptions;
}

type Waiter = {
  readonly take: (connection: PooledConnection) => void;
  readonly refuse: (error: Error) => void;
};

/** A pool of connections over postgres.js for Kysely. Opened when needed, lent to one user at a time, first come first served. */
export class PooledDriver implements Driver {
  readonly #options: DriverOptions;
  readonly #all: PooledConnection[] = [];
  readonly #idle: PooledConnection[] = [];
  readonly #waiting: Waiter[] = [];
  #ended = false;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<PooledConnection> {
    if (this.#ended) throw new DatabaseError('CONNECTION_LOST', 'the pool is closed');
    const connection = this.#idle.pop() ?? this.#open() ?? (await this.#next());
    return connection.lease();
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#idle.push(asPooled(connection));
    else waiter.take(asPooled(connection));
    return Promise.resolve();
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const isolation = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : '';
    const access = settings.accessMode ? ` ${settings.accessMode}` : '';
    await asPooled(connection).execute(`start transaction${isolation}${access}`);
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return asPooled(connection).commit();
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return asPooled(connection).rollback();
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await asPooled(connection).execute(`savepoint ${quoted(name)}`);
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await asPooled(connection).execute(`rollback to savepoint ${quoted(name)}`);
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await asPooled(connection).execute(`release savepoint ${quoted(name)}`);
  }

  async destroy(): Promise<void> {
    this.#ended = true;
    for (const waiter of this.#waiting.splice(0)) {
      waiter.refuse(new DatabaseError('CONNECTION_LOST', 'the pool is closed'));
    }
    await Promise.all(this.#all.map((connection) => connection.end()));
  }

  #open(): PooledConnection | undefined {
    if (this.#all.length >= this.#options.maxConnections) return undefined;
    const connection = new PooledConnection(this.#options.url, this.#options.client);
    this.#all.push(connection);
    return connection;
  }

  #next(): Promise<PooledConnection> {
    return new Promise((take, refuse) => this.#waiting.push({ take, refuse }));
  }
}

const asPooled = (connection: DatabaseConnection): PooledConnection => connection as PooledConnection;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
