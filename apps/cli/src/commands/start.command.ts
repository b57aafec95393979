import { feltToHex } from '#libs/felt';
import type { Settings } from '#libs/config';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { createLogger } from '../../../server/src/http/create-logger.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { collectSeldom } from '../service/collections.ts';
import { startService, type Service } from '../service/start-service.ts';
import { listenForStop } from '../service/stop-on-signal.ts';
import { showProgress } from './progress.ts';
import { startBanner } from './start-banner.ts';

/** Leaves half a second of the ten that a supervisor grants. */
const STOP_DEADLINE_MS = 9_500;

export const addStartCommand = (program: Command, context: CliContext): void => {
  program
    .command('start')
    .description('Run the service: follow the networks, answer GraphQL, deliver alerts.')
    .option('--json', 'print where things are as one JSON object')
    .action((options: { json?: boolean }) => start(context, options.json ?? false));
};

/** Runs until a signal. The process ends with 0 when everything was closed in time. */
const start = async (context: CliContext, json: boolean): Promise<void> => {
  const { terminal } = context;
  const settings = context.serviceSettings();
  if (settings.roles.includes('api')) collectSeldom();
  const logger = createLogger(logLevel(context, settings), process.stderr);
  let abandon = (): void => undefined;
  const signals = listenForStop({ abandon: () => abandon() });
  try {
    const service = await startService({ settings, logger });
    abandon = service.stopNow;
    if (!json && service.sandbox?.life !== undefined) {
      terminal.err('The sandbox opens: accounts are deployed, keys granted and used...');
    }
    await Promise.race([service.opened, signals.first]);
    terminal.out(json ? JSON.stringify(placesOf(service, settings)) : startBanner(service, settings));
    const progress = showProgress(service.status, terminal);
    const signal = await signals.first;
    progress.stop();
    if (!json) terminal.err(`${signal}: stopping; once more to stop at once`);
    setTimeout(() => giveUp(service, logger), STOP_DEADLINE_MS).unref();
    await service.stop();
  } finally {
    signals.dispose();
  }
};

/** In a terminal only what is worth a look, unless more was asked for. */
const logLevel = ({ environment, terminal }: CliContext, settings: Settings): string =>
  terminal.isInteractive && (environment['LOG_LEVEL'] ?? '') === '' ? 'warn' : settings.logLevel;

const giveUp = (service: Service, logger: Logger): void => {
  logger.error({ code: 'SHUTDOWN_TIMEOUT' }, 'not everything could be closed in time');
  service.stopNow();
  process.exit(EXIT.INTERNAL);
};

const placesOf = (service: Service, settings: Settings) => ({
  pid: process.pid,
  url: service.url ?? null,
  graphql: service.url === undefined ? null : `${service.url}/graphql`,
  rpcUrl: service.sandbox?.rpcUrl ?? null,
  sandbox: service.sandbox !== undefined,
  dataDir: settings.dataDir,
  embeddedDatabase: service.database.embedded,
  networks: service.networks.map(({ label, chainId, sandbox }) => ({
    label,
    chainId: feltToHex(chainId),
    sandbox,
  })),
});
