import { auditHash } from './audit-hash.ts';

/** An entry of an audit log with every column that it has. */
export interface AuditRecord {
  readonly organisationId: number;
  /** From 1 on, without gaps. */
  readonly sequence: number;
  /** ISO 8601 in UTC with microseconds, as it was hashed. */
  readonly atText: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly beforeText: string | null;
  readonly afterText: string | null;
  readonly requestId: string | null;
  readonly previousHash: Uint8Array;
  readonly hash: Uint8Array;
}

/** Where a chain ends. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/** What the hash of the entry must be, if it stood at that place. Every column counts: a spec changes each of them. */
export const hashOfRecord = (record: AuditRecord, sequence = record.sequence): Uint8Array =>
  auditHash(record.previousHash, [
    String(record.organisationId),
    String(sequence),
    record.atText,
    record.actorKind,
    record.actorId,
    record.actorName,
    record.action,
    record.objectKind,
    record.objectId,
    record.beforeText,
    record.afterText,
    record.requestId,
  ]);
