import type { CompiledQuery, IsolationLevel } from 'kysely';
import type { Db, Trx } from '../database.ts';
import type { RequestScope } from './request-scope.ts';

/** What a statement builder of Kysely is, and `sql` too: compiled by what `build` gives. */
export interface ScopedStatement<R> {
  compile(executor: Db): CompiledQuery<R>;
}

export interface ReadOptions {
  /** CUSTOM: planned for its very arguments, where one plan cannot suit large and small organisations alike. */
  readonly plan?: 'CUSTOM';
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
  /** Work that may write, committed when it resolves. @throws DatabaseError; what the work throws, after a rollback. */
  transact<T>(
    scope: RequestScope,
    work: (trx: Trx) => Promise<T>,
    options?: { readonly isolationLevel?: IsolationLevel },
  ): Promise<T>;
  /** Rows of one snapshot, fetched `chunk` at a time as they are taken. @throws DatabaseError */
  stream<R>(scope: RequestScope, statement: ScopedStatement<R>, chunk: number): AsyncIterable<R>;
}
