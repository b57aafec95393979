import { CompiledQuery, type DatabaseConnection, type QueryResult } from 'kysely';
import postgres from 'postgres';
import { DatabaseError, databaseErrorCode } from '../database.error.ts';
import type { CopyingConnection } from './copying-connection.ts';
import { type Rows, type Send, type SendOptions, sendOf, SentStatement } from './sent-statement.ts';

export type ClientOptions = postgres.Options<Record<string, postgres.PostgresType>>;

const WRITES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/**
 * One connection: a client of postgres.js that may open only one. The client reconnects by itself, so a transaction
 * whose connection broke would go on outside of any transaction: between `lease` and `release` a break is final.
 */
export class PooledConnection implements DatabaseConnection, CopyingConnection {
  readonly #sql: postgres.Sql;
  readonly #write: Send;
  #broken = false;

  constructor(url: string, options: ClientOptions) {
    this.#sql = postgres(url, {
      ...options,
      max: 1,
      // A life that ends would end in the middle of a transaction.
      max_lifetime: null,
      onclose: () => {
        this.#broken = true;
      },
    });
    this.#write = sendOf(this.#sql);
  }

  lease(): this {
    this.#broken = false;
    return this;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const result = await this.#send(query.sql, query.parameters);
    const numAffectedRows = WRITES.has(result.command) ? { numAffectedRows: BigInt(result.count) } : {};
    return { ...numAffectedRows, rows: [...result] as R[] };
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    this.#refuseWhenBroken();
    const pending = this.#sql.unsafe(query.sql, parametersOf(query.parameters), { prepare: true });
    for await (const rows of pending.cursor(chunkSize)) yield { rows: rows as unknown as R[] };
  }

  /**
   * A statement in a transaction of its own. Its three messages are written before the first is answered, so that they
   * take one round trip; the first use of a statement on a connection takes two.
   * @param opening begins the transaction and says what holds in it; several statements without parameters.
   */
  async readWithin<R>(opening: string, query: CompiledQuery, isRepeat = false): Promise<R[]> {
    const asking = new SentStatement(query.sql, query.parameters, PREPARED);
    const messages = [
      new SentStatement(opening, [], SIMPLE),
      asking,
      new SentStatement('commit', [], SIMPLE),
    ];
    const outcomes = Promise.allSettled(messages.map(({ outcome }) => outcome));
    for (const message of messages) this.#write(message);
    const [begun, asked, ended] = await outcomes;
    // postgres.js repeats a statement whose tables changed since it was prepared: behind the commit, so out of scope.
    const isOutOfScope = asking.retried !== undefined;
    // A connection that was lost while nobody used it is noticed only now. What came behind it was asked on a new one.
    const wasLostBefore =
      begun?.status === 'rejected' && databaseErrorCode(begun.reason) === 'CONNECTION_LOST';
    if (!isRepeat && (isOutOfScope || wasLostBefore))
      return await this.lease().readWithin(opening, query, true);
    for (const outcome of [begun, asked, ended]) if (outcome?.status === 'rejected') throw outcome.reason;
    if (isOutOfScope)
      throw new DatabaseError('SERIALIZATION_FAILURE', 'a table of the statement keeps changing');
    this.#refuseWhenBroken();
    return [...(await asking.outcome)] as R[];
  }

  /**
   * COPY ... FROM STDIN, with all rows in its text format. postgres.js gives a stream as the result of the statement and
   * then asks nobody who to tell that the server refused a row; the fields that it calls are those of the statement.
   * Nothing else may be said on the connection meanwhile: Kysely lets the statements of a transaction wait for each other.
   * @returns how many rows
   */
  async copyIn(text: string, rows: string): Promise<number> {
    this.#refuseWhenBroken();
    const asking = this.#sql.unsafe(text);
    const stream = await asking.writable();
    const told = Promise.withResolvers<{ readonly count: number }>();
    void Object.assign(asking, { resolve: told.resolve, reject: told.reject });
    stream.on('error', told.reject);
    stream.end(rows);
    return (await told.promise).count;
  }

  /** The rows of a statement in the transaction that was begun. Kysely, which tells of each `executeQuery`, knows nothing of it. */
  async ask<R>(query: CompiledQuery): Promise<R[]> {
    return [...(await this.#send(query.sql, query.parameters))] as R[];
  }

  /** Begins a transaction with what holds in it; several statements without parameters. */
  async begin(opening: string): Promise<void> {
    await this.#send(opening, []);
  }

  /** @throws DatabaseError ROLLED_BACK when an earlier failure that nobody passed on had already undone the work. */
  async commit(): Promise<void> {
    const { command } = await this.#send('commit', []);
    if (command === 'ROLLBACK') {
      throw new DatabaseError(
        'ROLLED_BACK',
        'a statement of the transaction had failed, so its commit undid it',
      );
    }
  }

  /** A broken connection needs none: the server undid the work when it lost us. */
  async rollback(): Promise<void> {
    if (!this.#broken) await this.#send('rollback', []).catch(ignoreLostConnection);
  }

  execute(text: string): Promise<unknown> {
    return this.executeQuery(CompiledQuery.raw(text));
  }

  end(): Promise<void> {
    return this.#sql.end({ timeout: 5 });
  }

  async #send(text: string, parameters: readonly unknown[]): Promise<Rows> {
    this.#refuseWhenBroken();
    const statement = new SentStatement(text, parameters, parameters.length === 0 ? SIMPLE : PREPARED);
    this.#write(statement);
    return await statement.outcome;
  }

  #refuseWhenBroken(): void {
    if (this.#broken)
      throw new DatabaseError('CONNECTION_LOST', 'the connection broke earlier in this transaction');
  }
}

const PREPARED: SendOptions = { prepare: true, simple: false };
const SIMPLE: SendOptions = { prepare: false, simple: true };

const parametersOf = (parameters: readonly unknown[]) => parameters as postgres.ParameterOrJSON<never>[];

const ignoreLostConnection = (error: unknown): void => {
  if (databaseErrorCode(error) !== 'CONNECTION_LOST') throw error;
};
