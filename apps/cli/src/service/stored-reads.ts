import { type Db, NO_ORGANISATION, type ScopedDb, type ScopedStatement } from '#libs/database';

/** Runs a statement of the service itself, by whichever role this process has. Nobody's accounts are in its answer. */
export type StoredReads = <Row>(build: (db: Db) => ScopedStatement<Row>) => Promise<readonly Row[]>;

export const readsOf =
  (db: Db): StoredReads =>
  async (build) =>
    (await db.executeQuery(build(db).compile(db))).rows;

export const readsOfApi =
  (api: ScopedDb): StoredReads =>
  (build) =>
    api.read(NO_ORGANISATION, build(api.build));
