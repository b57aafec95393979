import { z } from 'zod';
import type { AuditHead, AuditRecord } from '../audit-record.ts';

/** What the first line of an exported audit log says: whose it is, and where its chain ended. */
export interface AuditFileHead {
  readonly organisation: { readonly id: number; readonly publicId: string; readonly name: string };
  /** Null: nothing had been written. */
  readonly head: AuditHead | null;
  /** ISO 8601, by the clock of the host. */
  readonly exportedAt: string;
}

const VERSION = 1;

const place = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** The first entry follows a single zero byte. */
const previousHash = z.string().regex(/^(00|[0-9a-f]{64})$/);
const textOrNull = z.string().nullable();

const headShape = z.strictObject({
  type: z.literal('purser.audit'),
  version: z.literal(VERSION),
  organisation: z.strictObject({ id: place, publicId: z.string(), name: z.string() }),
  head: z.strictObject({ sequence: place, hash: previousHash }).nullable(),
  exportedAt: z.string(),
});

const entryShape = z.strictObject({
  organisationId: place,
  sequence: place,
  at: z.string(),
  actorKind: z.string(),
  actorId: z.string(),
  actorName: z.string(),
  action: z.string(),
  objectKind: z.string(),
  objectId: z.string(),
  before: textOrNull,
  after: textOrNull,
  requestId: textOrNull,
  previousHash,
  hash,
});

export const headLine = ({ organisation, head, exportedAt }: AuditFileHead): string =>
  JSON.stringify({
    type: 'purser.audit',
    version: VERSION,
    organisation: { id: organisation.id, publicId: organisation.publicId, name: organisation.name },
    head: head === null ? null : { sequence: head.sequence, hash: hexOf(head.hash) },
    exportedAt,
  });

/** Every column that is hashed, as the very text that is, and both hashes. */
export const entryLine = (record: AuditRecord): string =>
  JSON.stringify({
    organisationId: record.organisationId,
    sequence: record.sequence,
    at: record.atText,
    actorKind: record.actorKind,
    actorId: record.actorId,
    actorName: record.actorName,
    action: record.action,
    objectKind: record.objectKind,
    objectId: record.objectId,
    before: record.beforeText,
    after: record.afterText,
    requestId: record.requestId,
    previousHash: hexOf(record.previousHash),
    hash: hexOf(record.hash),
  });

/** Undefined: it is not, to the byte, a line that `headLine` writes. */
export const parseHeadLine = (line: string): AuditFileHead | undefined => {
  const parsed = headShape.safeParse(jsonOf(line));
  if (!parsed.success) return undefined;
  const { organisation, head, exportedAt } = parsed.data;
  const told = {
    ...{ organisation, exportedAt },
    head: head === null ? null : { sequence: head.sequence, hash: bytesOf(head.hash) },
  };
  return headLine(told) === line ? told : undefined;
};

/** Undefined: it is not, to the byte, a line that `entryLine` writes. So nothing stands there twice, or beside what is hashed. */
export const parseEntryLine = (line: string): AuditRecord | undefined => {
  const parsed = entryShape.safeParse(jsonOf(line));
  if (!parsed.success) return undefined;
  const { at, before, after, ...told } = parsed.data;
  const record: AuditRecord = {
    ...told,
    ...{ atText: at, beforeText: before, afterText: after },
    previousHash: bytesOf(told.previousHash),
    hash: bytesOf(told.hash),
  };
  return entryLine(record) === line ? record : undefined;
};

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
