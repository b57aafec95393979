import {
  addMember,
  DEFAULT_ORGANISATION,
  disableMember,
  type ListedMember,
  listMembers,
  type MemberIdentity,
  organisationOfMember,
  requireOrganisation,
} from '#libs/access';
import { PurserError, ROLES } from '#libs/api';
import type { Db } from '#libs/database';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { asHost } from '../service/host-actor.ts';
import { withDatabase } from '../service/with-database.ts';
import { accountOf, parseRole, scopeOf } from './scope-options.ts';

interface AddOptions {
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly account?: string;
  readonly seesAccount?: readonly string[];
  readonly label?: readonly string[];
  readonly json?: boolean;
}

export const addMembersCommand = (program: Command, context: CliContext): void => {
  const members = program
    .command('members')
    .description('People and accounts that come in without a key: by a token, or by signing in.');
  members
    .command('add')
    .description('Let somebody in: by --issuer and --subject, or by --account.')
    .requiredOption('--name <text>', 'what he is called')
    .requiredOption('--role <role>', `one of ${ROLES.join(', ').toLowerCase()}`)
    .option('--organisation <name>', 'name or id of the organisation', DEFAULT_ORGANISATION)
    .option('--issuer <url>', 'who issues his tokens; OIDC_ISSUER where left out')
    .option('--subject <text>', 'as the issuer names him: sub of his tokens')
    .option('--account <address>', 'the account that he signs in with, an address or network:address')
    .option('--sees-account <address...>', 'sees these accounts only, each an address or network:address')
    .option('--label <text...>', 'sees accounts with one of these labels only')
    .option('--json', 'print JSON')
    .action((options: AddOptions) => add(context, options));
  members
    .command('list')
    .description('List the members with their roles.')
    .option('--organisation <name>', 'only of this organisation')
    .option('--json', 'print JSON')
    .action((options: { organisation?: string; json?: boolean }) => list(context, options));
  members
    .command('disable')
    .description('Refuse a member from now on, with his keys and tokens, in every process within seconds.')
    .argument('<id>', 'id of the member (mem_...)')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) => disable(context, id, options.json === true));
};

const add = async (context: CliContext, options: AddOptions): Promise<void> => {
  const role = parseRole(options.role);
  const member = await withDatabase(context, async (db) => {
    const { organisationId } = await requireOrganisation(db, options.organisation);
    const identity = await identityOf(db, context, options);
    const scope = await scopeOf(db, options.seesAccount, options.label);
    return await asHost(db, organisationId, (work) =>
      addMember(work, { name: options.name, role, scope, identity }),
    );
  });
  const { json = false } = options;
  context.terminal.out(json ? JSON.stringify(printed(member)) : `${member.memberId} (${member.name}): added`);
};

const identityOf = async (db: Db, context: CliContext, options: AddOptions): Promise<MemberIdentity> => {
  const { subject, account, issuer = context.settings().oidc?.issuer } = options;
  if ((subject === undefined) === (account === undefined)) throw unclear('give --subject or --account');
  if (account !== undefined) return await accountOf(db, account);
  if (issuer === undefined || subject === undefined)
    throw unclear('give --issuer with --subject: OIDC_ISSUER is not set');
  return { issuer, subject };
};

const unclear = (message: string): CliError =>
  new CliError('ARGUMENT_INVALID', message, { exitCode: EXIT.USAGE });

const list = async (
  context: CliContext,
  options: { readonly organisation?: string; readonly json?: boolean },
): Promise<void> => {
  const members = await withDatabase(context, async (db) => {
    const { organisation } = options;
    return await listMembers(
      db,
      organisation === undefined ? undefined : (await requireOrganisation(db, organisation)).organisationId,
    );
  });
  if (options.json === true) {
    context.terminal.out(JSON.stringify(members.map(printed)));
    return;
  }
  if (members.length === 0) {
    context.terminal.out('no members yet: purser members add lets somebody in');
    return;
  }
  const rows = members.map((member) => [
    member.memberId,
    member.organisation,
    member.role,
    member.name,
    member.account ?? `${member.subject ?? ''} of ${member.issuer ?? ''}`,
    member.scope === undefined ? 'all' : 'some',
    member.createdAt.toISOString().slice(0, 10),
    member.disabledAt === undefined ? 'active' : 'disabled',
  ]);
  const headings = ['id', 'organisation', 'role', 'name', 'comes as', 'accounts', 'added', 'state'];
  context.terminal.out(formatTable(headings, rows));
};

const disable = async (context: CliContext, id: string, json: boolean): Promise<void> => {
  const member = await withDatabase(context, async (db) => {
    const organisationId = await organisationOfMember(db, id);
    if (organisationId === undefined) throw new PurserError('NOT_FOUND', 'There is no member of that id.');
    return await asHost(db, organisationId, (work) => disableMember(work, id));
  });
  context.terminal.out(json ? JSON.stringify(printed(member)) : `${id} (${member.name}): disabled`);
};

const printed = ({ scope, issuer, subject, networkId, account, disabledAt, ...member }: ListedMember) => ({
  ...member,
  scope: scope ?? null,
  issuer: issuer ?? null,
  subject: subject ?? null,
  networkId: networkId ?? null,
  account: account ?? null,
  disabledAt: disabledAt ?? null,
});
