import {
  changeOrganisation,
  createOrganisation,
  type ListedOrganisation,
  listOrganisations,
  requireOrganisation,
  workForOrganisation,
} from '#libs/access';
import { findTimeZone } from '#libs/api';
import { inTransaction } from '#libs/database';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { hostActor } from '../service/host-actor.ts';
import { withDatabase } from '../service/with-database.ts';

interface JsonOption {
  readonly json?: boolean;
}

export const addOrganisationsCommand = (program: Command, context: CliContext): void => {
  const organisations = program
    .command('organisations')
    .description('Whose accounts, labels, keys and audit log are kept apart.');
  organisations
    .command('create')
    .description('Make an organisation. It follows nothing and has no key yet.')
    .argument('<name>', 'what it is called')
    .option('--json', 'print JSON')
    .action((name: string, options: JsonOption) => create(context, name, options.json === true));
  organisations
    .command('list')
    .description('List the organisations with how many accounts they follow.')
    .option('--json', 'print JSON')
    .action((options: JsonOption) => list(context, options.json === true));
  organisations
    .command('update')
    .description('Change an organisation: where its days begin, for every period that names no zone.')
    .argument('<organisation>', 'its name or id')
    .requiredOption('--time-zone <name>', 'such as Europe/Berlin')
    .option('--json', 'print JSON')
    .action((organisation: string, options: UpdateOptions) => update(context, organisation, options));
};

interface UpdateOptions extends JsonOption {
  readonly timeZone: string;
}

const update = async (
  context: CliContext,
  wanted: string,
  { timeZone: asked, json }: UpdateOptions,
): Promise<void> => {
  const timeZone = zoneOf(asked);
  const changed = await withDatabase(context, async (db) => {
    const { organisationId } = await requireOrganisation(db, wanted);
    return await workForOrganisation(db, organisationId, hostActor(), (work) =>
      changeOrganisation(work, { timeZone }),
    );
  });
  const { publicId: id, name } = changed;
  if (json === true) context.terminal.out(JSON.stringify({ id, name, timeZone }));
  else context.terminal.out(`${id} (${name}): its days are those of ${timeZone}`);
};

const zoneOf = (asked: string): string => {
  const found = findTimeZone(asked);
  if (found !== undefined) return found;
  throw new CliError('ARGUMENT_INVALID', `no time zone: ${JSON.stringify(asked)}`, {
    exitCode: EXIT.USAGE,
    hint: 'a name of the IANA database, such as Europe/Berlin',
  });
};

const create = async ({ terminal, ...context }: CliContext, name: string, json: boolean): Promise<void> => {
  const { made, watchers } = await withDatabase({ terminal, ...context }, async (db) => {
    const made = await inTransaction(db, (trx) => createOrganisation(trx, hostActor(), name));
    const watchers = (await listOrganisations(db)).filter(({ seesEverything }) => seesEverything);
    return { made, watchers };
  });
  const { publicId: id } = made;
  if (json) terminal.out(JSON.stringify({ id, name: made.name }));
  else
    terminal.out(`${id} (${made.name}): a key for it: purser keys create --role admin --organisation ${id}`);
  // What the deployment began with sees all, and goes on to until somebody says otherwise.
  for (const watcher of watchers)
    terminal.err(
      `${watcher.name} follows everything, so also what ${made.name} asks for: ` +
        `purser accounts rules list --organisation ${watcher.publicId} has the rule that says so`,
    );
};

const list = async (context: CliContext, json: boolean): Promise<void> => {
  const organisations = await withDatabase(context, listOrganisations);
  if (json) {
    context.terminal.out(JSON.stringify(organisations.map(printed)));
    return;
  }
  const rows = organisations.map((organisation) => [
    organisation.publicId,
    organisation.name,
    organisation.follows,
    organisation.keys,
    organisation.seesEverything ? 'yes' : 'no',
    organisation.timeZone,
    organisation.createdAt.toISOString().slice(0, 10),
  ]);
  context.terminal.out(
    formatTable(['id', 'name', 'accounts', 'keys', 'follows all', 'time zone', 'made'], rows),
  );
};

const printed = (listed: ListedOrganisation) => {
  const { publicId: id, name, createdAt, timeZone, follows, keys, seesEverything } = listed;
  return { id, name, createdAt, timeZone, follows, keys, seesEverything };
};
