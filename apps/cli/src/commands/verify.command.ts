import { feltToHex, parseAddress } from '#libs/felt';
import {
  checkDrift,
  type DriftReport,
  type Finding,
  FINDING_CODES,
  ProgressMeter,
  recordFindings,
  verifyStore,
} from '#libs/verification';
import type { Command } from 'commander';
import { CliError } from '../cli.error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import { tellProgress } from '../output/work-progress.ts';
import { type NetworkWork, openNodes, withNetwork } from '../service/with-network.ts';

interface VerifyOptions {
  readonly full?: boolean;
  readonly account?: string;
  readonly network?: string;
  readonly rpcUrl?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

export const addVerifyCommand = (program: Command, context: CliContext): void => {
  program
    .command('verify')
    .description(
      'Hold the index against its own facts, and against a node. Opens incidents for what it finds.',
    )
    .option('--full', 'ask the node about every session key and policy, not about some')
    .option('--account <address>', 'only the read models of this account')
    .option('--network <name>', 'which network, where there are several')
    .option('--rpc-url <url>', 'the node to ask, in place of those in the settings')
    .option('--offline', 'ask no node')
    .option('--json', 'print JSON')
    .action((options: VerifyOptions) =>
      withNetwork(context, options.network, (work) => verify(context, options, work)),
    );
};

/** Session keys in one look at the node, and in a verification that is not full. */
const KEYS_AT_ONCE = 50;

const verify = async (context: CliContext, options: VerifyOptions, work: NetworkWork): Promise<void> => {
  const { db, network, signal } = work;
  const account = options.account === undefined ? undefined : feltToHex(parseAddress(options.account));
  const scope = account === undefined ? {} : { account };
  const onProgress = tellProgress(context.terminal);
  const store = await verifyStore(db, network.networkId, { ...scope, signal, onProgress });
  const drift = options.offline === true ? undefined : await askNode(context, options, work, account);
  const block =
    store.blockNumber === undefined || store.blockHash === undefined
      ? undefined
      : {
          blockNumber: store.blockNumber,
          blockHash: store.blockHash as NonNullable<DriftReport['block']>['blockHash'],
        };
  await recordFindings(db, network.networkId, store.findings, block);
  if (drift !== undefined) await recordFindings(db, network.networkId, drift.findings, drift.block);
  const findings = [...store.findings, ...(drift?.findings ?? [])];
  print(context, options, {
    network: network.label,
    block: store.blockNumber ?? null,
    facts: store.facts,
    checked: drift?.checked ?? null,
    unknown: drift?.unknown ?? null,
    findings,
  });
  if (findings.length === 0) return;
  throw new CliError(
    'INDEX_DIFFERS',
    `${findings.length} findings; an incident is open for each account concerned`,
    {
      exitCode: EXIT.REFUSED,
      hint: 'docs/how-to/incident.md says what to do',
    },
  );
};

const askNode = async (
  { settings, terminal }: CliContext,
  options: VerifyOptions,
  { db, network, cleanup, signal }: NetworkWork,
  account: string | undefined,
): Promise<DriftReport> => {
  const source = openNodes(settings(), network, options.rpcUrl, cleanup);
  const identity = await source.network({ signal });
  if (identity.genesisHash !== network.genesisHash) {
    throw new CliError('WRONG_NETWORK', 'the node is of another network', { exitCode: EXIT.REFUSED });
  }
  const total = await countKeys(db, network.networkId, account);
  const meter = new ProgressMeter('asking the node about session keys', total, tellProgress(terminal));
  const base = { keys: KEYS_AT_ONCE, signal, ...(account !== undefined && { account }) };
  let report = await checkDrift(db, { networkId: network.networkId, source }, base);
  meter.add(KEYS_AT_ONCE);
  while (options.full === true && report.next !== undefined) {
    const more = await checkDrift(
      db,
      { networkId: network.networkId, source },
      { ...base, after: report.next },
    );
    meter.add(KEYS_AT_ONCE);
    report = {
      block: more.block,
      checked: report.checked + more.checked,
      unknown: report.unknown + more.unknown,
      findings: [...report.findings, ...more.findings],
      next: more.next,
    };
  }
  return report;
};

const countKeys = async (
  db: NetworkWork['db'],
  networkId: number,
  account: string | undefined,
): Promise<number> => {
  const { n } = await db
    .selectFrom('session_versions')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('network_id', '=', networkId)
    .where('valid_to_block', 'is', null)
    .$if(account !== undefined, (query) => query.where('account', '=', account ?? ''))
    .executeTakeFirstOrThrow();
  return n;
};

interface Printed {
  readonly network: string;
  readonly block: number | null;
  readonly facts: number;
  readonly checked: number | null;
  readonly unknown: number | null;
  readonly findings: readonly Finding[];
}

const print = ({ terminal }: CliContext, options: VerifyOptions, report: Printed): void => {
  if (options.json === true) {
    terminal.out(JSON.stringify(report));
    return;
  }
  const { network, block, facts, checked, unknown, findings } = report;
  const node = checked === null ? 'no node asked' : `${checked} answers of a node, ${unknown ?? 0} unknown`;
  terminal.out(`${network} at block ${block ?? '-'}: ${facts} facts, ${node}`);
  if (findings.length === 0) {
    terminal.out('nothing differs');
    return;
  }
  const rows = findings.map(({ code, subject, account, blockNumber, details }) => [
    code,
    subject,
    account,
    blockNumber,
    `${FINDING_CODES[code]}: ${JSON.stringify(details)}`,
  ]);
  terminal.out(formatTable(['code', 'in', 'account', 'block', 'what'], rows));
};
