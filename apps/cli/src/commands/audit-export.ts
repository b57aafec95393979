import { exportAudit, requireOrganisation } from '#libs/access';
import type { CliContext } from '../context.ts';
import { auditHeadText } from '../output/audit-report.ts';
import { writePartFile } from '../output/part-file.ts';
import { hostActor } from '../service/host-actor.ts';
import { withDatabase } from '../service/with-database.ts';

export interface ExportLogOptions {
  readonly output: string;
  readonly organisation: string;
  readonly json?: boolean;
}

/** Takes the audit log of one organisation out into a file. */
export const exportLog = async (context: CliContext, options: ExportLogOptions): Promise<void> => {
  const { output: file } = options;
  const { organisation, entries, head } = await withDatabase(context, async (db) => {
    const organisation = await requireOrganisation(db, options.organisation);
    const exported = await writePartFile(file, (write) =>
      exportAudit(db, {
        ...{ organisation, actor: hostActor(), exportedAt: new Date() },
        write: (lines) => write(lines.map((line) => `${line}\n`).join('')),
      }),
    );
    return { organisation, ...exported };
  });
  const { publicId, name } = organisation;
  const at = auditHeadText(head);
  if (options.json === true) {
    context.terminal.out(JSON.stringify({ file, organisation: publicId, name, entries, head: at }));
    return;
  }
  context.terminal.out(
    `${file}: ${entries} entries of ${name}, head ${at ?? 'not there'}\nkept elsewhere, the head proves it later: purser audit verify --file ${file} --expect ${at ?? ''}`,
  );
};
