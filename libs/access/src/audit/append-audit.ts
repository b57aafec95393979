import type { Trx } from '#libs/database';
import { sql } from 'kysely';

/** Who does something: a key, a member, somebody on the host with the database's owner, or the service by itself. */
export interface Actor {
  readonly kind: 'KEY' | 'MEMBER' | 'HOST' | 'SYSTEM';
  readonly id: string;
  readonly name: string;
  readonly requestId?: string;
}

/** What can be done, by what it is done to. An account is `network id/0x...`, an import the SHA-256 of its file. */
interface AuditActions {
  readonly API_KEY: 'KEY_CREATED' | 'KEY_ROTATED' | 'KEY_REVOKED' | 'KEY_REFUSED' | 'SIGNED_IN';
  readonly MEMBER:
    | 'MEMBER_ADDED'
    | 'MEMBER_CHANGED'
    | 'MEMBER_DISABLED'
    | 'SIGN_IN_REFUSED'
    | 'TOKEN_REFUSED';
  readonly ORGANISATION: 'ORGANISATION_CREATED' | 'ORGANISATION_CHANGED' | 'TOKEN_REFUSED' | 'AUDIT_EXPORTED';
  readonly ACCOUNT: 'ACCOUNT_FOLLOWED' | 'ACCOUNT_UNFOLLOWED' | 'ACCOUNT_LABELLED';
  readonly IMPORT: 'ACCOUNTS_IMPORTED';
  readonly FOLLOW_RULE: 'FOLLOW_RULE_CREATED' | 'FOLLOW_RULE_DELETED';
  readonly GROUP:
    | 'GROUP_CREATED'
    | 'GROUP_RENAMED'
    | 'GROUP_DELETED'
    | 'GROUP_ACCOUNTS_ADDED'
    | 'GROUP_ACCOUNTS_REMOVED';
  readonly LEDGER_ROW: 'ROW_REVIEWED' | 'REVIEW_TAKEN_BACK';
  readonly EXPORT:
    | 'EXPORT_CREATED'
    | 'EXPORT_REVOKED'
    | 'EXPORT_READ_STARTED'
    | 'EXPORT_READ_FINISHED'
    | 'EXPORT_READ_BROKEN';
}

type EntryOf<Kind extends keyof AuditActions> = {
  readonly action: AuditActions[Kind];
  readonly objectKind: Kind;
  readonly objectId: string;
  /** As plain JSON, never with a secret. Undefined: the object was not there. */
  readonly before?: object;
  /** Undefined: it is no longer there. */
  readonly after?: object;
};

export type AuditEntry = { [Kind in keyof AuditActions]: EntryOf<Kind> }[keyof AuditActions];

/** Adds an entry to the log of the organisation that is set in the transaction; it stands or falls with the change. */
export const appendAudit = (trx: Trx, actor: Actor, entry: AuditEntry): Promise<void> =>
  appendAudits(trx, actor, [entry]);

/** The same for several in their order, in one statement. Until the transaction ends nobody else adds to the log. */
export const appendAudits = async (trx: Trx, actor: Actor, entries: readonly AuditEntry[]): Promise<void> => {
  if (entries.length === 0) return;
  const { kind, id, name, requestId } = actor;
  await sql`select audit_append_all(
    ${kind}::text, ${id}::text, ${name}::text, ${JSON.stringify(entries)}::text::jsonb, ${requestId ?? null}::text)`.execute(
    trx,
  );
};
