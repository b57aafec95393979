import { createHash, randomBytes } from 'node:crypto';
import { type Actor, appendAudit, type Asker, type AuditEntry } from '#libs/access';
import { PurserError } from '#libs/api';
import {
  type ExportFormat,
  NO_ORGANISATION,
  type RequestScope,
  type ScopedDb,
  type Trx,
} from '#libs/database';
import { askIndex } from '#libs/sessions';
import { sql } from 'kysely';
import {
  type ExportListQuery,
  exportListStatement,
  type ListedExport,
  STORED_COLUMNS,
} from './export-list.statement.ts';
import { type ExportLinkRow, type ExportTerms, type StoredExport, termsToJson } from './stored-export.ts';

export interface NewExport {
  readonly networkId: number;
  readonly format: ExportFormat;
  readonly terms: ExportTerms;
  readonly expiresAt: Date;
}

const TOKEN_BYTES = 32;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Links to exports. The secret in one is told once, and kept nowhere. */
export class ExportsRepository {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  create(
    { scope, actor }: Asker,
    { networkId, format, terms, expiresAt }: NewExport,
  ): Promise<{ readonly stored: StoredExport; readonly token: string }> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const only = scope.only === undefined ? null : JSON.stringify(scope.only);
    return askIndex(() =>
      this.#db.transact(scope, async (trx) => {
        const { rows } = await sql<StoredExport>`
          insert into exports (organisation_id, network_id, format, filter, scope, token_hash, created_by, creator_name, expires_at)
          values (current_organisation(), ${networkId}::integer, ${format}::text, ${termsToJson(terms)}::text::jsonb,
            ${only}::text::jsonb, ${hashOf(token)}::bytea, ${actor.id}::text, ${actor.name}::text, ${expiresAt}::timestamptz)
          returning ${STORED_COLUMNS}`.execute(trx);
        const stored = required(rows[0]);
        await appendAudit(trx, actor, {
          ...ofExport('EXPORT_CREATED', stored.export_id),
          after: { format, ...stored.filter, expiresAt: stored.expires_at.toISOString() },
        });
        return { stored, token };
      }),
    );
  }

  /** One statement. @throws PurserError INDEX_UNAVAILABLE */
  list(scope: RequestScope, query: ExportListQuery): Promise<readonly ListedExport[]> {
    return askIndex(() => this.#db.read(scope, exportListStatement(query), { plan: 'CUSTOM' }));
  }

  /** Taking back again changes nothing. @throws PurserError NOT_FOUND */
  revoke({ scope, actor }: Asker, id: string, createdBy: string | undefined): Promise<StoredExport> {
    const isMeant = sql`export_id = ${id}::text and ${createdBy === undefined ? sql`true` : sql`created_by = ${createdBy}::text`}`;
    return askIndex(() =>
      this.#db.transact(scope, async (trx) => {
        const revoked = await sql<StoredExport>`update exports set revoked_at = now()
          where ${isMeant} and revoked_at is null returning ${STORED_COLUMNS}`.execute(trx);
        const [changed] = revoked.rows;
        if (changed !== undefined) {
          await appendAudit(trx, actor, ofExport('EXPORT_REVOKED', id));
          return changed;
        }
        const found = await sql<StoredExport>`select ${STORED_COLUMNS} from exports where ${isMeant}`.execute(
          trx,
        );
        const [stored] = found.rows;
        if (stored === undefined) throw new PurserError('NOT_FOUND', 'There is no such export.');
        return stored;
      }),
    );
  }

  /** Whose link it is is not known before. Nothing: unknown, at its end, or taken back. */
  async findLink(token: string): Promise<ExportLinkRow | undefined> {
    const statement = sql<ExportLinkRow>`select * from find_export_link(${hashOf(token)}::bytea)`;
    const [row] = await askIndex(() => this.#db.read(NO_ORGANISATION, statement));
    return row;
  }

  /** What became of a reading, in the log of the organisation. */
  logRead(
    organisationId: number,
    link: Pick<ExportLinkRow, 'export_id' | 'creator_name'>,
    action: 'EXPORT_READ_STARTED' | 'EXPORT_READ_FINISHED' | 'EXPORT_READ_BROKEN',
    after?: object,
  ): Promise<void> {
    const reader: Actor = { kind: 'SYSTEM', id: link.export_id, name: `link of ${link.creator_name}` };
    const entry = { ...ofExport(action, link.export_id), ...(after && { after }) };
    return askIndex(() =>
      this.#db.transact({ organisationId }, (trx: Trx) => appendAudit(trx, reader, entry)),
    );
  }
}

type ExportAction = Extract<AuditEntry, { readonly objectKind: 'EXPORT' }>['action'];

const ofExport = (action: ExportAction, objectId: string): AuditEntry => ({
  ...{ action, objectKind: 'EXPORT', objectId },
});

const required = (row: StoredExport | undefined): StoredExport => {
  if (row === undefined) throw new Error('an export was written and not told');
  return row;
};
