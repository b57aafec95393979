import {
  createFollowRule,
  DEFAULT_ORGANISATION,
  deleteFollowRule,
  requireOrganisation,
  ruleListStatement,
  type RuleWish,
  type StoredRule,
} from '#libs/access';
import { parseAddress, parseFelt, toClassHash } from '#libs/felt';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { asHost } from '../service/host-actor.ts';
import { withDatabase } from '../service/with-database.ts';
import { requireNetwork } from '../storage/require-network.ts';

interface RuleOptions {
  readonly organisation: string;
  readonly json?: boolean;
}

interface AddOptions extends RuleOptions {
  readonly class?: string;
  readonly deployer?: string;
  readonly everything?: boolean;
  readonly network?: string;
  readonly label?: string;
  readonly team?: string;
  readonly costCentre?: string;
}

export const addFollowRulesCommand = (accounts: Command, context: CliContext): void => {
  const rules = accounts
    .command('rules')
    .description('Follow accounts by their class or their deployer, as soon as they are known.');
  const organisation = [
    '--organisation <name>',
    'name or id of the organisation',
    DEFAULT_ORGANISATION,
  ] as const;
  rules
    .command('add')
    .description('Add a rule. It finds what is known already, too.')
    .option('--class <hash>', 'accounts of this class')
    .option('--deployer <address>', 'accounts that it deployed through the universal deployer')
    .option('--everything', 'every account of the index, also those that only others asked for')
    .option('--label <text>', 'label of what it finds')
    .option('--team <text>', 'team of what it finds')
    .option('--cost-centre <text>', 'cost centre of what it finds')
    .option('--network <name>', 'which network, where there are several')
    .option(...organisation)
    .option('--json', 'print JSON')
    .action((options: AddOptions) => add(context, options));
  rules
    .command('list')
    .description('List the rules of an organisation.')
    .option(...organisation)
    .option('--json', 'print JSON')
    .action((options: RuleOptions) => list(context, options));
  rules
    .command('delete')
    .description('Delete a rule. What it found stays followed.')
    .argument('<id>', 'id of the rule')
    .option(...organisation)
    .action((id: string, options: RuleOptions) => remove(context, id, options));
};

const add = async (context: CliContext, options: AddOptions): Promise<void> => {
  const subject = subjectOf(options);
  const { label = null, team = null, costCentre = null } = options;
  const { rule, found } = await withDatabase(context, async (db) => {
    const { networkId } = await requireNetwork(db, options.network);
    const { organisationId } = await requireOrganisation(db, options.organisation);
    return await asHost(db, organisationId, (work) =>
      createFollowRule(work, { ...subject, networkId, label, team, costCentre }),
    );
  });
  if (options.json === true) context.terminal.out(JSON.stringify({ ...rule, found }));
  else context.terminal.out(`${rule.ruleId}: found ${found} accounts that are known, and will find more`);
};

const list = async (context: CliContext, options: RuleOptions): Promise<void> => {
  const rules = await withDatabase(context, async (db) => {
    const { organisationId } = await requireOrganisation(db, options.organisation);
    return await asHost(db, organisationId, ({ trx }) => ruleListStatement(trx).execute());
  });
  if (options.json === true) {
    context.terminal.out(JSON.stringify(rules));
    return;
  }
  if (rules.length === 0) context.terminal.out('no rules');
  else
    context.terminal.out(
      formatTable(['id', 'kind', 'of', 'label', 'team', 'cost centre', 'made'], rules.map(rowOf)),
    );
};

const rowOf = (rule: StoredRule) => [
  rule.ruleId,
  rule.kind,
  rule.classHash ?? rule.deployer,
  rule.label,
  rule.team,
  rule.costCentre,
  rule.createdAt.toISOString().slice(0, 10),
];

const remove = async (context: CliContext, id: string, options: RuleOptions): Promise<void> => {
  const wasThere = await withDatabase(context, async (db) => {
    const { organisationId } = await requireOrganisation(db, options.organisation);
    return await asHost(db, organisationId, (work) => deleteFollowRule(work, id));
  });
  context.terminal.out(wasThere ? `${id}: deleted` : `${id}: the organisation has no such rule`);
};

type Subject =
  | Pick<RuleWish & { kind: 'CLASS' }, 'kind' | 'classHash'>
  | Pick<RuleWish & { kind: 'DEPLOYER' }, 'kind' | 'deployer'>
  | { readonly kind: 'EVERYTHING' };

const subjectOf = ({ class: classHash, deployer, everything }: AddOptions): Subject => {
  const given = [classHash, deployer, everything].filter((option) => option !== undefined);
  if (given.length !== 1)
    throw new CliError('ARGUMENT_INVALID', 'say one of --class, --deployer and --everything', {
      exitCode: EXIT.USAGE,
    });
  if (classHash !== undefined) return { kind: 'CLASS', classHash: toClassHash(parseFelt(classHash)) };
  if (deployer !== undefined) return { kind: 'DEPLOYER', deployer: parseAddress(deployer) };
  return { kind: 'EVERYTHING' };
};
