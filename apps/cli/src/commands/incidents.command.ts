import { inTransaction } from '#libs/database';
import { type Incident, listIncidents, resolveIncident } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { VerificationError } from '#libs/verification';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { type NetworkWork, withNetwork } from '../service/with-network.ts';

const MOST = 1_000;

interface ListOptions {
  readonly all?: boolean;
  readonly network?: string;
  readonly json?: boolean;
}

interface ResolveOptions {
  readonly reason: string;
  readonly network?: string;
  readonly json?: boolean;
}

export const addIncidentsCommand = (program: Command, context: CliContext): void => {
  const incidents = program.command('incidents').description('What went wrong and waits for somebody.');
  incidents
    .command('list')
    .description('List the open incidents.')
    .option('--all', 'those that are closed too')
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON')
    .action((options: ListOptions) =>
      withNetwork(context, options.network, (work) => list(context, options, work)),
    );
  incidents
    .command('resolve')
    .description('Close an incident, with the reason. What it was about is found again if it is still there.')
    .argument('<id>', 'number of the incident')
    .requiredOption('--reason <text>', 'what was found out and done')
    .option('--network <name>', 'which network, where there are several')
    .option('--json', 'print JSON')
    .action((id: string, options: ResolveOptions) =>
      withNetwork(context, options.network, (work) => resolve(context, id, options, work)),
    );
};

const list = async (
  { terminal }: CliContext,
  options: ListOptions,
  { db, network }: NetworkWork,
): Promise<void> => {
  const found = await listIncidents(db, network.networkId, { onlyOpen: options.all !== true, limit: MOST });
  if (options.json === true) {
    terminal.out(JSON.stringify(found.map(printed)));
    return;
  }
  if (found.length === 0) {
    terminal.out(options.all === true ? 'no incidents' : 'no open incidents');
    return;
  }
  const rows = found.map((incident) => [
    incident.incidentId,
    incident.kind,
    incident.account === undefined ? undefined : feltToHex(incident.account),
    incident.block?.blockNumber,
    incident.occurrences,
    incident.openedAt.toISOString(),
    incident.resolved?.resolution,
  ]);
  terminal.out(formatTable(['id', 'kind', 'account', 'block', 'times', 'opened', 'resolution'], rows));
};

const printed = ({ account, block, ...incident }: Incident) => ({
  ...incident,
  account: account === undefined ? null : feltToHex(account),
  blockNumber: block?.blockNumber ?? null,
  blockHash: block === undefined ? null : feltToHex(block.blockHash),
});

const resolve = async (
  { terminal }: CliContext,
  id: string,
  { reason, json }: ResolveOptions,
  { db, network }: NetworkWork,
): Promise<void> => {
  const open = await listIncidents(db, network.networkId, { onlyOpen: true, limit: MOST });
  const incident = open.find(({ incidentId }) => String(incidentId) === id);
  if (incident === undefined)
    throw new VerificationError('INCIDENT_UNKNOWN', `no open incident ${id} on ${network.label}`);
  if (incident.kind === 'FINALITY_VIOLATION') {
    throw new CliError('RESUME_REQUIRED', 'a finality violation is closed by resuming', {
      exitCode: EXIT.REFUSED,
      hint: `purser resume --network ${network.label} --accept-reorg-below-finality`,
    });
  }
  const { kind, account } = incident;
  const closing = { kind, resolution: reason, ...(account !== undefined && { account }) };
  await inTransaction(db, (trx) => resolveIncident(trx, network.networkId, closing));
  terminal.out(
    json === true ? JSON.stringify({ incidentId: incident.incidentId, resolution: reason }) : `closed ${id}`,
  );
};
