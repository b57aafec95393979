import type postgres from 'postgres';

export type Rows = postgres.RowList<postgres.Row[]>;

export interface SendOptions {
  readonly prepare: boolean;
  /** By the simple protocol: several statements, without parameters. */
  readonly simple: boolean;
}

/** Gives a statement to the connection of a client, which writes it behind those that it was given before. */
export type Send = (statement: SentStatement) => void;

/**
 * What a connection of postgres.js is given to ask, and tells the outcome to, in place of the library's own `Query`. That one makes a
 * function for each of its fields `resolve` and `reject`: V8 allocates a function that is assigned to a property among the old objects, so
 * that each statement, its rows and all that was made of them stays until these are swept, which stops a busy service for 50 ms every
 * few seconds. docs/decisions/0026 has the measurement.
 */
export class SentStatement {
  readonly outcome: Promise<Rows>;
  // What the library reads and writes, under its names.
  readonly strings: readonly [string];
  readonly args: readonly unknown[];
  readonly options: SendOptions;
  readonly tagged = false;
  /** Where it was made, which is added to the stack of an error. */
  readonly origin = '';
  active = false;
  cancelled: object | null = null;
  state: object | null = null;
  statement: object | null = null;
  parameters: unknown[] | undefined = undefined;
  /** The error for which it was sent again, outside of the transaction in which it was asked. */
  retried: unknown = undefined;
  readonly #told = Promise.withResolvers<Rows>();

  constructor(text: string, parameters: readonly unknown[], options: SendOptions) {
    this.strings = [text];
    this.args = parameters;
    this.options = options;
    this.outcome = this.#told.promise;
  }

  resolve(rows: Rows): void {
    this.active = false;
    this.#told.resolve(rows);
  }

  reject(reason: unknown): void {
    this.active = false;
    this.#told.reject(reason);
  }
}

/** @throws Error when the library is not the one that this was written for */
export const sendOf = (sql: postgres.Sql): Send => {
  // A statement of the library knows the way; it is not run before somebody waits for it.
  const { handler } = sql.unsafe('') as { readonly handler?: unknown };
  if (typeof handler !== 'function') throw new Error('postgres.js has another way to send a statement');
  return handler as Send;
};
