import {
  AuditFileUnreadable,
  type AuditHead,
  organisationsWithAudit,
  requireOrganisation,
  verifyAudit,
  verifyAuditFile,
} from '#libs/access';
import { type Db, inTransaction } from '#libs/database';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type AuditReport, auditReportJson, printAuditReport } from '../output/audit-report.ts';
import { openLineFile } from '../output/line-file.ts';
import { withDatabase } from '../service/with-database.ts';

export interface VerifyLogsOptions {
  readonly organisation?: string;
  readonly file?: string;
  readonly expect?: string;
  readonly json?: boolean;
}

/** Verifies the logs of the database, or one that was exported. @throws CliError AUDIT_BROKEN where something was altered */
export const verifyLogs = async (context: CliContext, options: VerifyLogsOptions): Promise<void> => {
  const { organisation, file } = options;
  requireFitting(options);
  const expected = options.expect === undefined ? undefined : parseHead(options.expect);
  const reports =
    file === undefined
      ? await withDatabase(context, (db) => verifyAll(db, organisation, expected))
      : [await verifyFile(file, expected)];
  print(context, reports, options.json === true);
  const broken = reports.filter(({ findings }) => findings.length > 0);
  if (broken.length === 0) return;
  const names = broken.map(({ name, file: of }) => name ?? of ?? 'nobody');
  throw new CliError('AUDIT_BROKEN', `the audit log of ${names.join(', ')} was altered`, {
    exitCode: EXIT.REFUSED,
    hint: 'docs/reference/access.md says what each finding means',
  });
};

const requireFitting = ({ organisation, file, expect }: VerifyLogsOptions): void => {
  if (file !== undefined && organisation !== undefined)
    throw usage('--file is of the organisation that it tells: leave --organisation out');
  if (expect !== undefined && organisation === undefined && file === undefined)
    throw usage('--expect is of one organisation: give --organisation too');
};

const verifyFile = async (path: string, expected: AuditHead | undefined): Promise<AuditReport> => {
  const file = await openLineFile(path);
  try {
    const { told, entries, findings } = await verifyAuditFile(file, expected);
    const { publicId, name } = told?.organisation ?? {};
    return { publicId, name, file: path, entries, head: told?.head ?? undefined, findings };
  } catch (cause) {
    if (!(cause instanceof AuditFileUnreadable)) throw cause;
    throw new CliError('FILE_UNREADABLE', `${path}: ${cause.message}`, { exitCode: EXIT.REFUSED, cause });
  } finally {
    await file.close();
  }
};

const verifyAll = async (
  db: Db,
  organisation: string | undefined,
  expected: AuditHead | undefined,
): Promise<readonly AuditReport[]> => {
  const wanted =
    organisation === undefined
      ? await organisationsWithAudit(db)
      : [await requireOrganisation(db, organisation)];
  const reports: AuditReport[] = [];
  for (const { organisationId, publicId, name } of wanted) {
    // One snapshot: what is added meanwhile is of the next verification.
    const report = await inTransaction(db, (trx) => verifyAudit(trx, organisationId, expected), {
      isolationLevel: 'repeatable read',
    });
    reports.push({ publicId, name, ...report });
  }
  return reports;
};

const HEAD = /^(\d{1,15}):(?:0x)?([0-9a-f]{64})$/i;

const parseHead = (text: string): AuditHead => {
  const [, sequence, hash] = HEAD.exec(text) ?? [];
  if (sequence !== undefined && hash !== undefined)
    return { sequence: Number(sequence), hash: Buffer.from(hash, 'hex') };
  throw usage('a head is a sequence, a colon and 64 hex digits');
};

const usage = (message: string): CliError =>
  new CliError('ARGUMENT_INVALID', message, { exitCode: EXIT.USAGE });

const print = ({ terminal }: CliContext, reports: readonly AuditReport[], json: boolean): void => {
  if (json) {
    terminal.out(JSON.stringify(reports.map(auditReportJson)));
    return;
  }
  if (reports.length === 0) terminal.out('no audit log yet: nothing was changed in any organisation');
  for (const report of reports) printAuditReport(terminal, report);
};
