import type { Trx } from '#libs/database';
import { sql } from 'kysely';

/** Who does something: a key, a member, somebody on the host with the database's owner, or the service by itself. */
export interface Actor {
  readonly kind: 'KEY' | 'MEMBER' | 'HOST' | 'SYSTEM';
  readonly id: string;
  readonly name: string;
  readonly requestId?: string;
}

export interface AuditEntry {
  readonly action:
    | 'KEY_CREATED'
    | 'KEY_ROTATED'
    | 'KEY_REVOKED'
    | 'ROW_REVIEWED'
    | 'REVIEW_TAKEN_BACK'
    | 'EXPORT_CREATED'
    | 'EXPORT_REVOKED'
    | 'EXPORT_READ_STARTED'
    | 'EXPORT_READ_FINISHED'
    | 'EXPORT_READ_BROKEN';
  readonly objectKind: 'API_KEY' | 'LEDGER_ROW' | 'EXPORT';
  readonly objectId: string;
  /** As plain JSON, never with a secret. Undefined: the object was not there. */
  readonly before?: object;
  readonly after?: object;
}

/** Adds an entry to the log of the organisation that is set in the transaction; it stands or falls with the change. */
export const appendAudit = async (trx: Trx, actor: Actor, entry: AuditEntry): Promise<void> => {
  const { kind, id, name, requestId } = actor;
  const { action, objectKind, objectId, before, after } = entry;
  await sql`select audit_append(
    ${kind}::text, ${id}::text, ${name}::text, ${action}::text, ${objectKind}::text, ${objectId}::text,
    ${jsonOrNull(before)}::text::jsonb, ${jsonOrNull(after)}::text::jsonb, ${requestId ?? null}::text)`.execute(
    trx,
  );
};

const jsonOrNull = (value: object | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value);
