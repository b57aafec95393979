export { copyRows, copyUnlessThere, type CopyValue, FEWEST_COPIED } from './copy-rows.ts';
export * from './database.error.ts';
export * from './database.ts';
export type { CopyingConnection } from './driver/copying-connection.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.ts';
export { startTemporaryPostgres } from './embedded/temporary-postgres.ts';
export type { ExportFormat, ReviewState } from './rows.finance.ts';
export type { AccessRole, FollowRuleKind, FollowSource } from './rows.access.ts';
export * from './rows.ts';
export type { BackfillState } from './rows.work.ts';
export { API_ROLE, INDEXER_ROLE, requireRoles, ROLES_SQL } from './scoped/database-roles.ts';
export { isFollowed } from './scoped/is-followed.ts';
export { inTime } from './scoped/in-time.ts';
export * from './scoped/request-scope.ts';
export { requireSafeApiRole } from './scoped/require-safe-role.ts';
export type { ScopedDb, ScopedStatement } from './scoped/scoped-db.ts';
export {
  NUMBER_SLOT,
  type Slot,
  type Slots,
  type TemplateStatement,
  templateOf,
  TEXT_SLOT,
} from './scoped/statement-template.ts';
export { createScopedDatabase, type ScopedConnection } from './scoped/scoped-pool.ts';
export { TABLE_POLICY, type TableKind, type TableRule } from './scoped/table-policy.ts';
export * from './transaction.ts';
export * from './writer-lock.ts';
export * from './migrator/migrate.ts';
export { shippedMigrationsDir } from './migrator/migration-files.ts';
export * from './statement-recorder.ts';
