import {
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';

// postgres.js declares each bigint parameter as int8, so that a u256 would be out of range: send the
// digits and let the server infer the type from the column.
class BigintAsTextCompiler extends PostgresQueryCompiler {
  protected override addParameter(parameter: unknown): void {
    super.addParameter(typeof parameter === 'bigint' ? parameter.toString() : parameter);
  }
}

/** Kysely's PostgreSQL with a driver of ours: docs/decisions says why. */
export const dialectOf = (driver: Driver): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driver,
  createIntrospector: (db: Kysely<never>) => new PostgresIntrospector(db),
  createQueryCompiler: () => new BigintAsTextCompiler(),
});
