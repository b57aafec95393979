import {
  createKey,
  createKeyHasher,
  DEFAULT_ORGANISATION,
  listKeys,
  type ListedKey,
  organisationOfKey,
  requireOrganisation,
  revokeKey,
  rotateKey,
} from '#libs/access';
import { ROLES } from '#libs/api';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { formatTable } from '../output/table.ts';
import { asHost } from '../service/host-actor.ts';
import { keyPeppersOf } from '../service/secrets-file.ts';
import { withDatabase } from '../service/with-database.ts';
import { parseDuration } from './duration.ts';
import { parseRole, scopeOf } from './scope-options.ts';

interface CreateOptions {
  readonly role: string;
  readonly organisation: string;
  readonly name?: string;
  readonly expires?: string;
  readonly account?: readonly string[];
  readonly label?: readonly string[];
  readonly json?: boolean;
}

interface RotateOptions {
  readonly overlap: string;
  readonly json?: boolean;
}

export const addKeysCommand = (program: Command, context: CliContext): void => {
  const keys = program.command('keys').description('API keys: who may ask the service, and what.');
  keys
    .command('create')
    .description('Make a key. It is shown once and kept nowhere.')
    .requiredOption('--role <role>', `one of ${ROLES.join(', ').toLowerCase()}`)
    .option('--organisation <name>', 'name or id of the organisation', DEFAULT_ORGANISATION)
    .option('--name <text>', 'what it is for')
    .option('--expires <duration>', 'when it ends, for example 90d or 12h; never where left out')
    .option('--account <address...>', 'sees these accounts only, each an address or network:address')
    .option('--label <text...>', 'sees accounts with one of these labels only')
    .option('--json', 'print JSON')
    .action((options: CreateOptions) => create(context, options));
  keys
    .command('list')
    .description('List the keys with their roles; never the keys themselves.')
    .option('--organisation <name>', 'only of this organisation')
    .option('--json', 'print JSON')
    .action((options: { organisation?: string; json?: boolean }) => list(context, options));
  keys
    .command('rotate')
    .description('Make a key like this one, which goes on working beside it for some time.')
    .argument('<id>', 'id of the key: the 12 characters before the secret')
    .option('--overlap <duration>', 'how long both work, at most 30d', '24h')
    .option('--json', 'print JSON')
    .action((id: string, options: RotateOptions) => rotate(context, id, options));
  keys
    .command('revoke')
    .description('End a key at once, in every process within seconds.')
    .argument('<id>', 'id of the key')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) => revoke(context, id, options.json === true));
};

const create = async (context: CliContext, options: CreateOptions): Promise<void> => {
  const role = parseRole(options.role);
  const expiresAt =
    options.expires === undefined ? undefined : new Date(Date.now() + parseDuration(options.expires) * 1_000);
  const name = options.name ?? `${role.toLowerCase()} key`;
  const hasher = createKeyHasher(await keyPeppersOf(context.settings()));
  const made = await withDatabase(context, async (db) => {
    const { organisationId } = await requireOrganisation(db, options.organisation);
    const scope = await scopeOf(db, options.account, options.label);
    return await asHost(db, organisationId, (work) =>
      createKey(work, hasher, { name, role, scope, expiresAt }),
    );
  });
  showSecret(context, made, { role, name, expiresAt: expiresAt ?? null }, options.json === true);
};

const list = async (
  context: CliContext,
  options: { readonly organisation?: string; readonly json?: boolean },
): Promise<void> => {
  const keys = await withDatabase(context, async (db) => {
    const { organisation } = options;
    return await listKeys(
      db,
      organisation === undefined ? undefined : (await requireOrganisation(db, organisation)).organisationId,
    );
  });
  if (options.json === true) {
    context.terminal.out(JSON.stringify(keys.map(printed)));
    return;
  }
  if (keys.length === 0) {
    context.terminal.out('no keys yet: purser keys create makes one');
    return;
  }
  const nowMs = Date.now();
  const rows = keys.map((key) => [
    key.keyId,
    key.organisation,
    key.role,
    key.name,
    key.scope === undefined ? 'all' : 'some',
    day(key.createdAt),
    day(key.expiresAt),
    key.lastUsedAt?.toISOString(),
    stateOf(key, nowMs),
  ]);
  const headings = ['id', 'organisation', 'role', 'name', 'accounts', 'made', 'ends', 'last used', 'state'];
  context.terminal.out(formatTable(headings, rows));
};

const rotate = async (context: CliContext, id: string, options: RotateOptions): Promise<void> => {
  const overlapSeconds = parseDuration(options.overlap);
  const hasher = createKeyHasher(await keyPeppersOf(context.settings()));
  const made = await withDatabase(context, async (db) =>
    asHost(db, await organisationOfKey(db, id), (work) => rotateKey(work, hasher, id, overlapSeconds)),
  );
  showSecret(context, made, { replaces: id, overlapSeconds }, options.json === true);
};

const revoke = async (context: CliContext, id: string, json: boolean): Promise<void> => {
  const key = await withDatabase(context, async (db) =>
    asHost(db, await organisationOfKey(db, id), (work) => revokeKey(work, id)),
  );
  context.terminal.out(json ? JSON.stringify(printed(key)) : `${id} (${key.name}): revoked`);
};

/** The key alone goes to the output, so that a script can take it from there; what to know of it to the other stream. */
const showSecret = (
  { terminal }: CliContext,
  made: { readonly keyId: string; readonly text: string },
  about: object,
  json: boolean,
): void => {
  if (json) {
    terminal.out(JSON.stringify({ keyId: made.keyId, key: made.text, ...about }));
    return;
  }
  terminal.err(`key ${made.keyId}: shown this once, and kept nowhere`);
  terminal.out(made.text);
};

const printed = ({
  scope,
  expiresAt,
  lastUsedAt,
  revokedAt,
  replacedBy,
  unitsPerMinute,
  ...key
}: ListedKey) => ({
  ...key,
  scope: scope ?? null,
  expiresAt: expiresAt ?? null,
  lastUsedAt: lastUsedAt ?? null,
  revokedAt: revokedAt ?? null,
  replacedBy: replacedBy ?? null,
  unitsPerMinute: unitsPerMinute ?? null,
});

const stateOf = ({ revokedAt, expiresAt, replacedBy }: ListedKey, nowMs: number): string => {
  if (revokedAt !== undefined) return 'revoked';
  if (expiresAt !== undefined && expiresAt.getTime() <= nowMs) return 'expired';
  return replacedBy === undefined ? 'active' : `active, replaced by ${replacedBy}`;
};

const day = (date: Date | undefined): string | undefined => date?.toISOString().slice(0, 10);
