import type { Db } from '#libs/database';

export interface AuditListOptions {
  readonly actorId: string | undefined;
  readonly objectKind: string | undefined;
  readonly objectId: string | undefined;
  readonly action: string | undefined;
  /** Only what was done before this one. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** Entries of the organisation of the scope, the newest first. */
export const auditListStatement = (build: Db, options: AuditListOptions) => {
  const { actorId, objectKind, objectId, action, before, limit } = options;
  let statement = build
    .selectFrom('audit_entries')
    .select([
      'sequence',
      'at_text as at',
      'actor_kind as actorKind',
      'actor_id as actorId',
      'actor_name as actorName',
      'action',
      'object_kind as objectKind',
      'object_id as objectId',
      'before_text as before',
      'after_text as after',
      'request_id as requestId',
      'hash',
    ])
    .orderBy('sequence', 'desc')
    .limit(limit);
  if (actorId !== undefined) statement = statement.where('actor_id', '=', actorId);
  if (objectKind !== undefined) statement = statement.where('object_kind', '=', objectKind);
  if (objectId !== undefined) statement = statement.where('object_id', '=', objectId);
  if (action !== undefined) statement = statement.where('action', '=', action);
  if (before !== undefined) statement = statement.where('sequence', '<', before);
  return statement;
};

/** Where the log of the organisation of the scope ends. */
export const auditHeadStatement = (build: Db) => build.selectFrom('audit_heads').select(['sequence', 'hash']);
