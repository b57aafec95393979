import type { CompiledQuery } from 'kysely';
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

/** Who asks: the same for two who see the same. A deadline decides nothing of an answer. */
export const viewOf = ({ organisationId, only }: RequestScope): readonly unknown[] => [
  organisationId,
  only?.accounts,
  only?.labels,
];

/** Who asks, what, and with what. */
export const questionOf = (scope: RequestScope, query: CompiledQuery): string =>
  JSON.stringify([...viewOf(scope), query.sql, query.parameters], (_, value: unknown) =>
    typeof value === 'bigint' ? { bigint: String(value) } : value,
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
