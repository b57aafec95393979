import { type Db, NO_ORGANISATION, type ScopedDb } from '#libs/database';
import type { Compilable, CompiledQuery } from 'kysely';

/** Runs a statement that a process builds without caring which role asks. */
export type StoredReads = <Row>(build: (db: Db) => Compilable<Row>) => Promise<readonly Row[]>;

/** As a role that reads without a scope. */
export const readsOf =
  (db: Db): StoredReads =>
  async <Row>(build: (db: Db) => Compilable<Row>) => {
    const { rows } = await db.executeQuery(build(db).compile() as CompiledQuery<Row>);
    return rows;
  };

/** As the API, of no organisation: tables that hold nothing of an account. */
export const readsOfApi =
  (api: ScopedDb): StoredReads =>
  (build) =>
    api.read(NO_ORGANISATION, build(api.build));
