import {
  type ChainSource,
  createHttpChainSource,
  createWebSocketHeadHints,
  type HeadHints,
} from '#libs/chain';
import type { NetworkSettings, Settings } from '#libs/config';
import { type Db, inTransaction } from '#libs/database';
import { ensureNetwork } from '#libs/facts';
import type { ServedNetwork } from '#libs/sessions';
import type { Logger } from 'pino';
import type { PurserMetrics } from '../../../server/src/metrics/purser-metrics.ts';
import type { Cleanup } from './cleanup.ts';

export interface ConnectedNetwork extends ServedNetwork {
  readonly sandbox: boolean;
  readonly hints?: HeadHints;
}

export interface ConnectDeps {
  readonly db: Db;
  readonly settings: Settings;
  readonly cleanup: Cleanup;
  readonly logger: Logger;
  readonly metrics: PurserMetrics;
}

/** Asks the nodes which network they are on and finds its row. @throws ChainError when none of them answers. */
export const connectNetwork = async (
  network: NetworkSettings & { readonly sandbox?: boolean },
  deps: ConnectDeps,
): Promise<ConnectedNetwork> => {
  const { db, cleanup, logger } = deps;
  const { label } = network;
  const source = openSource(network, deps);
  cleanup.defer(`nodes of ${label}`, () => source.close());
  const identity = await source.network();
  const { networkId } = await inTransaction(db, (trx) => ensureNetwork(trx, { ...identity, label }));
  const connected = {
    networkId,
    chainId: identity.chainId,
    label,
    source,
    sandbox: network.sandbox ?? false,
  };
  if (network.wsUrl === undefined) return connected;
  const hints = createWebSocketHeadHints({
    url: network.wsUrl,
    onLost: (reason) => logger.debug({ network: label, reason }, 'head hints lost'),
  });
  cleanup.defer(`head hints of ${label}`, () => hints.close());
  return { ...connected, hints };
};

const openSource = (network: NetworkSettings, { settings, logger, metrics }: ConnectDeps): ChainSource =>
  createHttpChainSource({
    providers: network.rpcUrls.map((url) => ({ url, callsPerSecond: settings.rpcCallsPerSecond })),
    callDeadlineMs: settings.rpcDeadlineMs,
    onIncident: ({ kind, provider, code, message }) => {
      logger.warn({ network: network.label, provider, code, kind }, message);
      metrics.countRpcCall({ network: network.label, provider, method: kind, outcome: 'error' });
    },
  });
