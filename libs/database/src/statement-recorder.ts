import { type CompiledQuery, type DatabaseConnection, type Driver, Kysely, type QueryResult } from 'kysely';
import type { Trx } from './database.ts';
import { dialectOf } from './driver/dialect.ts';
import type { Database } from './rows.ts';

/**
 * What scripts/generate.ts writes into src/queries: the statements of each method of a repository, so that a reviewer
 * reads the real SQL. Each file `x.queries.ts` beside a repository exports one of these as `generatedQueries`.
 */
export interface GeneratedQueries {
  /** Name of the file written: `<repository>.sql`. */
  readonly repository: string;
  readonly methods: Readonly<Record<string, StatementSample>>;
}

export interface StatementSample {
  /** Calls the method with sample arguments. */
  readonly run: (trx: Trx) => Promise<unknown>;
  /** Rows that the statements find, in order, where the method goes on only then. Default: none are found. */
  readonly answers?: readonly (readonly object[])[];
}

class RecordingConnection implements DatabaseConnection {
  readonly statements: string[] = [];
  readonly #answers: (readonly object[])[];

  constructor(answers: readonly (readonly object[])[]) {
    this.#answers = [...answers];
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.statements.push(query.sql);
    const rows = (this.#answers.shift() ?? []) as readonly R[];
    return Promise.resolve({ rows: [...rows], numAffectedRows: 1n });
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('a recorded method cannot stream');
  }
}

const recordingDriver = (connection: RecordingConnection): Driver => ({
  init: () => Promise.resolve(),
  acquireConnection: () => Promise.resolve(connection),
  beginTransaction: () => Promise.resolve(),
  commitTransaction: () => Promise.resolve(),
  rollbackTransaction: () => Promise.resolve(),
  releaseConnection: () => Promise.resolve(),
  destroy: () => Promise.resolve(),
});

/** Runs the method against no database and gives back the text of what it would have sent. */
export const recordStatements = async (sample: StatementSample): Promise<readonly string[]> => {
  const connection = new RecordingConnection(sample.answers ?? []);
  const db = new Kysely<Database>({ dialect: dialectOf(recordingDriver(connection)) });
  try {
    await sample.run(db as unknown as Trx);
  } catch (error) {
    // A method that requires a row does not find one here; that is after its statement was sent.
    if (connection.statements.length === 0) throw error;
  }
  return connection.statements;
};
