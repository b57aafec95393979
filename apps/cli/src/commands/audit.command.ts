import {
  type AuditFinding,
  type AuditHead,
  type ChainReport,
  organisationsWithAudit,
  requireOrganisation,
  verifyAudit,
} from '#libs/access';
import { type Db, inTransaction } from '#libs/database';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { withDatabase } from '../service/with-database.ts';

interface VerifyOptions {
  readonly organisation?: string;
  readonly expect?: string;
  readonly json?: boolean;
}

interface Verified extends ChainReport {
  readonly publicId: string;
  readonly name: string;
}

export const addAuditCommand = (program: Command, context: CliContext): void => {
  const audit = program.command('audit').description('The audit log: who changed what.');
  audit
    .command('verify')
    .description('Recompute the chain of hashes of each organisation, and say where it was altered.')
    .option('--organisation <name>', 'name or id of one organisation')
    .option('--expect <head>', 'a head that an earlier verification printed (sequence:hash), kept elsewhere')
    .option('--json', 'print JSON')
    .action((options: VerifyOptions) => verify(context, options));
};

const verify = async (context: CliContext, options: VerifyOptions): Promise<void> => {
  const expected = options.expect === undefined ? undefined : parseHead(options.expect);
  if (expected !== undefined && options.organisation === undefined) {
    throw new CliError('ARGUMENT_INVALID', '--expect is of one organisation: give --organisation too', {
      exitCode: EXIT.USAGE,
    });
  }
  const reports = await withDatabase(context, (db) => verifyAll(db, options.organisation, expected));
  print(context, reports, options.json === true);
  const broken = reports.filter(({ findings }) => findings.length > 0);
  if (broken.length === 0) return;
  throw new CliError(
    'AUDIT_BROKEN',
    `the audit log of ${broken.map(({ name }) => name).join(', ')} was altered`,
    {
      exitCode: EXIT.REFUSED,
      hint: 'docs/reference/access.md says what each finding means',
    },
  );
};

const verifyAll = async (
  db: Db,
  organisation: string | undefined,
  expected: AuditHead | undefined,
): Promise<readonly Verified[]> => {
  const wanted =
    organisation === undefined
      ? await organisationsWithAudit(db)
      : [await requireOrganisation(db, organisation)];
  const reports: Verified[] = [];
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
  throw new CliError('ARGUMENT_INVALID', 'a head is a sequence, a colon and 64 hex digits', {
    exitCode: EXIT.USAGE,
  });
};

const headText = (head: AuditHead | undefined): string | null =>
  head === undefined ? null : `${head.sequence}:${Buffer.from(head.hash).toString('hex')}`;

/** So many are shown for each organisation; the number of all is said. */
const MOST_SHOWN = 100;

const print = ({ terminal }: CliContext, reports: readonly Verified[], json: boolean): void => {
  if (json) {
    const printed = reports.map(({ publicId, name, entries, head, findings }) => ({
      ...{ organisation: publicId, name, entries, head: headText(head) },
      findings: findings.slice(0, MOST_SHOWN),
      findingCount: findings.length,
    }));
    terminal.out(JSON.stringify(printed));
    return;
  }
  if (reports.length === 0) terminal.out('no audit log yet: nothing was changed in any organisation');
  for (const { name, entries, head, findings } of reports) {
    terminal.out(`${name}: ${entries} entries, head ${headText(head) ?? 'not there'}`);
    if (findings.length === 0) {
      terminal.out('  nothing was altered');
      continue;
    }
    const rows = findings.slice(0, MOST_SHOWN).map((finding) => [finding.kind, placeOf(finding)]);
    terminal.out(formatTable(['finding', 'where'], rows));
    if (findings.length > MOST_SHOWN) terminal.out(`  and ${findings.length - MOST_SHOWN} more`);
  }
};

const placeOf = (finding: AuditFinding): string => {
  if ('from' in finding) {
    const { from, to } = finding;
    return from === to ? `entry ${from}` : `entries ${from} to ${to}`;
  }
  const written = finding.kind === 'MOVED' ? `, written as ${finding.writtenAt}` : '';
  return `entry ${finding.sequence}${written}`;
};
