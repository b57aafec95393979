import type { AuditFileFinding, AuditHead } from '#libs/access';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What was found in one audit log. */
export interface AuditReport {
  /** Undefined: a file does not tell whose it is. */
  readonly publicId: string | undefined;
  readonly name: string | undefined;
  /** Absent: the log of the database. */
  readonly file?: string;
  readonly entries: number;
  readonly head: AuditHead | undefined;
  readonly findings: readonly AuditFileFinding[];
}

/** So many are shown for each organisation; the number of all is said. */
const MOST_SHOWN = 100;

/** As `--expect` takes it; null where there is none. */
export const auditHeadText = (head: AuditHead | undefined): string | null =>
  head === undefined ? null : `${head.sequence}:${Buffer.from(head.hash).toString('hex')}`;

/** For programs. */
export const auditReportJson = (report: AuditReport) => {
  const { publicId = null, name = null, file, entries, head, findings } = report;
  return {
    ...{ organisation: publicId, name, ...(file !== undefined && { file }), entries },
    head: auditHeadText(head),
    findings: findings.slice(0, MOST_SHOWN),
    findingCount: findings.length,
  };
};

/** For people. */
export const printAuditReport = ({ out }: Pick<Terminal, 'out'>, report: AuditReport): void => {
  const { name = 'of nobody that it tells', file, entries, head, findings } = report;
  const of = file === undefined ? name : `${file} (${name}, as it says itself)`;
  out(`${of}: ${entries} entries, head ${auditHeadText(head) ?? 'not there'}`);
  if (findings.length === 0) {
    out('  nothing was altered');
    return;
  }
  const rows = findings.slice(0, MOST_SHOWN).map((finding) => [finding.kind, placeOf(finding)]);
  out(formatTable(['finding', 'where'], rows));
  if (findings.length > MOST_SHOWN) out(`  and ${findings.length - MOST_SHOWN} more`);
};

const placeOf = (finding: AuditFileFinding): string => {
  if ('from' in finding) {
    const { from, to } = finding;
    return from === to ? `entry ${from}` : `entries ${from} to ${to}`;
  }
  if (!('sequence' in finding)) return `line ${finding.line}`;
  const line = 'line' in finding ? `, line ${finding.line}` : '';
  const written = finding.kind === 'MOVED' ? `, written as ${finding.writtenAt}` : '';
  return `entry ${finding.sequence}${line}${written}`;
};
