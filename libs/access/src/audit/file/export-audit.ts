import { type Db, inTransaction } from '#libs/database';
import type { OrganisationName } from '../../organisations/organisations.repository.ts';
import { workForOrganisation } from '../../organisations/organisation-work.ts';
import { type Actor, appendAudit } from '../append-audit.ts';
import type { AuditHead } from '../audit-record.ts';
import { auditRecords, readHead } from '../audit.repository.ts';
import { entryLine, headLine } from './audit-lines.ts';

export interface AuditExport {
  readonly organisation: OrganisationName;
  /** Who takes it out. */
  readonly actor: Actor;
  readonly exportedAt: Date;
  /** Takes lines without their ends, some at a time, and resolves when it can take more. */
  readonly write: (lines: readonly string[]) => Promise<void>;
}

export interface ExportedAudit {
  readonly entries: number;
  readonly head: AuditHead | undefined;
}

/**
 * Writes the whole audit log of an organisation as lines of JSON, as the owner of the database: first whose it is and where it ends, then every
 * entry with the columns that are hashed and both hashes. That it is taken out is in the log before the first line is, and so in
 * what is taken out. In one snapshot, a thousand entries in memory.
 */
export const exportAudit = async (
  db: Db,
  { organisation, actor, exportedAt, write }: AuditExport,
): Promise<ExportedAudit> => {
  const { organisationId, publicId, name } = organisation;
  await workForOrganisation(db, organisationId, actor, ({ trx }) =>
    appendAudit(trx, actor, {
      ...{ action: 'AUDIT_EXPORTED', objectKind: 'ORGANISATION', objectId: publicId },
      after: { format: 'JSONL' },
    }),
  );
  return await inTransaction(
    db,
    async (trx) => {
      const head = await readHead(trx, organisationId);
      const told = { organisation: { id: organisationId, publicId, name }, head: head ?? null };
      await write([headLine({ ...told, exportedAt: exportedAt.toISOString() })]);
      let entries = 0;
      for await (const records of auditRecords(trx, organisationId)) {
        await write(records.map(entryLine));
        entries += records.length;
      }
      return { entries, head };
    },
    { isolationLevel: 'repeatable read' },
  );
};
