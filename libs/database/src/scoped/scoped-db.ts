import type { CompiledQuery, IsolationLevel } from 'kysely';
import type { Db, Trx } from '../database.ts';
import type { RequestScope } from './request-scope.ts';
import type { TemplateStatement } from './statement-template.ts';

/** What a statement builder of Kysely is, and `sql` too: compiled by what `build` gives. */
export interface ScopedStatement<R> {
  compile(executor: Db): CompiledQuery<R>;
}

export interface ReadOptions {
  /**
   * CUSTOM: planned for its very arguments, where one plan cannot suit large and small organisations alike. PORTFOLIO: so too, and
   * as one that may read a part of a large table. GENERIC: planned once, for whatever arguments.
   */
  readonly plan?: 'CUSTOM' | 'PORTFOLIO' | 'GENERIC';
}

/**
 * The database as one who asks sees it. There is no way to run a statement without saying for whom, and what a scope
 * lets through is decided by the server, which runs it as a role without rights of its own.
 */
export interface ScopedDb {
  /** Builds statements. @throws DatabaseError UNSCOPED_STATEMENT when one is run with it. */
  readonly build: Db;
  /** One statement in a read-only transaction. @throws DatabaseError */
  read<R>(scope: RequestScope, statement: ScopedStatement<R>, options?: ReadOptions): Promise<R[]>;
  /**
   * The row of a statement that has one at most. What is asked with the same template by who sees the same, at the same time, is asked in
   * one statement: all of it of one snapshot, taken when each had asked. @throws DatabaseError
   */
  readOne<R>(scope: RequestScope, statement: TemplateStatement<R>): Promise<R | undefined>;
  /** The rows of several of one template, in order, in one statement. @throws DatabaseError; STATEMENT_VARIES where templates or slots differ */
  readEach<R>(scope: RequestScope, statements: readonly TemplateStatement<R>[]): Promise<(R | undefined)[]>;
  /**
   * As `read`, of what several ask again and again and what takes long. Whoever asks the same of the same rows is given one answer: the
   * snapshot of his own transaction has to be that in which it was read, so nothing of any table was committed in between. It is for nobody
   * outside of the scope, and only for statements whose answer follows from rows, scope and arguments: of no clock, no chance.
   * @throws DatabaseError
   */
  readShared<R>(
    scope: RequestScope,
    statement: ScopedStatement<R>,
    options?: ReadOptions,
  ): Promise<readonly R[]>;
  /** Work that may write, committed when it resolves. @throws DatabaseError; what the work throws, after a rollback. */
  transact<T>(
    scope: RequestScope,
    work: (trx: Trx) => Promise<T>,
    options?: { readonly isolationLevel?: IsolationLevel },
  ): Promise<T>;
  /** Rows of one snapshot, fetched `chunk` at a time as they are taken. @throws DatabaseError */
  stream<R>(scope: RequestScope, statement: ScopedStatement<R>, chunk: number): AsyncIterable<R>;
}
