import type { Trx } from '#libs/database';
import { sql } from 'kysely';
import type { PeopleAction, PeopleObject } from './people-actions.ts';

/** Who does something: a key, a member, somebody on the host with the database's owner, or the service by itself. */
export interface Actor {
  readonly kind: 'KEY' | 'MEMBER' | 'HOST' | 'SYSTEM';
  readonly id: string;
  readonly name: string;
  readonly requestId?: string;
}

export interface AuditEntry {
  readonly action: 'KEY_CREATED' | 'KEY_ROTATED' | 'KEY_REVOKED' | PeopleAction;
  readonly objectKind: 'API_KEY' | PeopleObject;
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
