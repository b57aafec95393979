import type { CompiledQuery } from 'kysely';
import { DatabaseError } from '../database.error.ts';
import type { RequestScope } from './request-scope.ts';

/** An answer that is read, or was: rows of one snapshot. */
export interface SharedAnswer {
  /** Of the snapshot: see MARK. */
  readonly mark: string;
  /** Frozen: several who asked are given them. Rejects as the statement did. */
  readonly rows: Promise<readonly unknown[]>;
}

/**
 * Names a snapshot: two that bear the same name see the same rows of every table. Visibility follows from which transactions had
 * ended, and that is what `pg_current_snapshot` says; another server, or this one after a start, counts them anew. Null where
 * nothing can be said of it: a replica does not list what is under way.
 */
export const MARK = `select case when not pg_is_in_recovery() then
  extract(epoch from pg_postmaster_start_time())::text || ' ' || pg_current_snapshot()::text end as mark`;

/** Who asks, what, and with what. His deadline decides nothing of the answer. */
export const questionOf = ({ organisationId, only }: RequestScope, query: CompiledQuery): string =>
  JSON.stringify(
    [organisationId, only?.accounts, only?.labels, query.sql, query.parameters],
    (_, value: unknown) => (typeof value === 'bigint' ? { bigint: String(value) } : value),
  );

/** The newest answer to each of the questions that were asked last, so many at most. */
export class SharedAnswers {
  readonly #most: number;
  readonly #answers = new Map<string, SharedAnswer>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Undefined: none is known of that snapshot. */
  find(question: string, mark: string): SharedAnswer | undefined {
    const answer = this.#answers.get(question);
    if (answer?.mark !== mark) return undefined;
    this.#answers.delete(question);
    this.#answers.set(question, answer);
    return answer;
  }

  /** In place of the one of an older snapshot. One that fails is forgotten. */
  keep(question: string, answer: SharedAnswer): void {
    this.#answers.delete(question);
    this.#answers.set(question, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > this.#most && oldest !== undefined) this.#answers.delete(oldest);
    answer.rows.catch(() => {
      if (this.#answers.get(question) === answer) this.#answers.delete(question);
    });
  }
}

/** Waits for what another one reads. @throws DatabaseError STATEMENT_TIMEOUT when the time of the request runs out first */
export const inTime = async <T>(work: Promise<T>, { deadlineAtMs }: RequestScope): Promise<T> => {
  if (deadlineAtMs === undefined) return await work;
  const late = Promise.withResolvers<never>();
  const leftMs = Math.max(0, deadlineAtMs - performance.now());
  const timer = setTimeout(
    () => late.reject(new DatabaseError('STATEMENT_TIMEOUT', 'the time of the request ran out')),
    leftMs,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
