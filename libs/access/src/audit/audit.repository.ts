import type { Db, Trx } from '#libs/database';
import { sql } from 'kysely';
import type { AuditHead, AuditRecord } from './audit-record.ts';
import { type AuditFinding, checkChain } from './verify-chain.ts';

const ENTRIES_AT_ONCE = 1_000;

export interface ChainReport {
  /** As the chain ends; undefined where nothing was written yet, or where that was taken away. */
  readonly head: AuditHead | undefined;
  readonly entries: number;
  readonly findings: readonly AuditFinding[];
}

/**
 * Recomputes the whole chain of an organisation, as the owner of the database. In one snapshot when the transaction is
 * repeatable read: entries that are added meanwhile are of the next verification.
 */
export const verifyAudit = async (
  trx: Trx,
  organisationId: number,
  expected?: AuditHead,
): Promise<ChainReport> => {
  const head = await readHead(trx, organisationId);
  const check = checkChain(head, expected);
  let entries = 0;
  for await (const records of auditRecords(trx, organisationId)) {
    for (const record of records) check.take(record);
    entries += records.length;
  }
  return { head, entries, findings: check.end() };
};

/** Every entry of an organisation in the order of the sequence, some at a time. */
export async function* auditRecords(
  trx: Trx,
  organisationId: number,
): AsyncGenerator<readonly AuditRecord[], void, undefined> {
  for (let after = -1; ; ) {
    const records = await readRecords(trx, organisationId, after);
    yield records;
    after = records.at(-1)?.sequence ?? after;
    if (records.length < ENTRIES_AT_ONCE) return;
  }
}

/** Undefined: nothing was written yet, or the head was taken away. */
export const readHead = async (db: Db, organisationId: number): Promise<AuditHead | undefined> =>
  await db
    .selectFrom('audit_heads')
    .select(['sequence', 'hash'])
    .where('organisation_id', '=', organisationId)
    .executeTakeFirst();

const readRecords = (db: Db, organisationId: number, after: number): Promise<AuditRecord[]> =>
  db
    .selectFrom('audit_entries')
    .select([
      'organisation_id as organisationId',
      'sequence',
      'at_text as atText',
      'actor_kind as actorKind',
      'actor_id as actorId',
      'actor_name as actorName',
      'action',
      'object_kind as objectKind',
      'object_id as objectId',
      'before_text as beforeText',
      'after_text as afterText',
      'request_id as requestId',
      'previous_hash as previousHash',
      'hash',
    ])
    .where('organisation_id', '=', organisationId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(ENTRIES_AT_ONCE)
    .execute();

/** Organisations that have a log, in order. */
export const organisationsWithAudit = (
  db: Db,
): Promise<{ organisationId: number; publicId: string; name: string }[]> =>
  db
    .selectFrom('organisations')
    .select(['organisation_id as organisationId', 'public_id as publicId', 'name'])
    .where(
      sql<boolean>`exists (select from audit_heads h where h.organisation_id = organisations.organisation_id)
        or exists (select from audit_entries e where e.organisation_id = organisations.organisation_id)`,
    )
    .orderBy('organisation_id')
    .execute();
