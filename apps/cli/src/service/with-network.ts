import { type ChainSource, createHttpChainSource } from '#libs/chain';
import type { Settings } from '#libs/config';
import type { Db } from '#libs/database';
import type { StoredNetwork } from '#libs/facts';
import type { CliContext } from '../context.ts';
import { CliError } from '../cli.error.ts';
import { requireNetwork } from '../storage/require-network.ts';
import { Cleanup } from './cleanup.ts';
import { openDatabases } from './open-databases.ts';
import { listenForStop } from './stop-on-signal.ts';

export interface NetworkWork {
  readonly db: Db;
  readonly network: StoredNetwork;
  readonly cleanup: Cleanup;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Opens the database as its owner for one command about one network, and cancels it in order when a signal comes. */
export const withNetwork = async <T>(
  { terminal, settings }: CliContext,
  label: string | undefined,
  work: (network: NetworkWork) => Promise<T>,
): Promise<T> => {
  const cleanup = new Cleanup((name, error) => terminal.err(`could not close ${name}: ${String(error)}`));
  const stop = new AbortController();
  const signals = listenForStop({ abandon: () => undefined });
  void signals.first.then(() => stop.abort());
  try {
    const { owner } = await openDatabases(settings(), cleanup, { needs: ['owner'], maxConnections: 3 });
    const { db } = owner.connection;
    const network = await requireNetwork(db, label);
    return await work({ db, network, cleanup, signal: stop.signal });
  } catch (error) {
    // Work that is done in parts says itself how far it came.
    const isTold = error instanceof CliError && error.code === 'INTERRUPTED';
    if (!stop.signal.aborted || isTold) throw error;
    throw new CliError('INTERRUPTED', 'cancelled: nothing was changed', { cause: error });
  } finally {
    signals.dispose();
    await cleanup.run();
  }
};

/** The nodes of a network by the settings, or the one given. @throws CliError NODE_REQUIRED */
export const openNodes = (
  settings: Settings,
  network: StoredNetwork,
  rpcUrl: string | undefined,
  cleanup: Cleanup,
): ChainSource => {
  const urls = rpcUrl === undefined ? urlsOf(settings, network.label) : [rpcUrl];
  if (urls.length === 0) {
    throw new CliError('NODE_REQUIRED', `no node of ${network.label} is known`, {
      hint: 'name one with --rpc-url',
    });
  }
  const source = createHttpChainSource({
    providers: urls.map((url) => ({ url, callsPerSecond: settings.rpcCallsPerSecond })),
    callDeadlineMs: settings.rpcDeadlineMs,
  });
  cleanup.defer('nodes', () => source.close());
  return source;
};

const urlsOf = ({ networks, sandbox }: Settings, label: string): readonly string[] => {
  const named = networks.find((network) => network.label === label)?.rpcUrls;
  if (named !== undefined) return named;
  return sandbox === undefined || sandbox.rpcPort === 0 ? [] : [`http://127.0.0.1:${sandbox.rpcPort}/rpc`];
};
