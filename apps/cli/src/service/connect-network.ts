import {
  ChainError,
  type ChainSource,
  createHttpChainSource,
  createWebSocketHeadHints,
  type HeadHints,
  isChainError,
  type NetworkIdentity,
} from '#libs/chain';
import { UNKNOWN_NETWORK_ID } from '#libs/api';
import type { NetworkSettings, Settings } from '#libs/config';
import type { ServedNetwork } from '#libs/sessions';
import type { Logger } from 'pino';
import type { PurserMetrics } from '../../../server/src/metrics/purser-metrics.ts';
import type { Cleanup } from './cleanup.ts';
import type { NetworkRegistry } from './network-registry.ts';

export interface ConnectedNetwork extends ServedNetwork {
  /** UNKNOWN_NETWORK_ID while nobody has begun to index it: whoever holds this sees it change. */
  readonly networkId: number;
  readonly sandbox: boolean;
  readonly hints?: HeadHints;
  /** Looks whether it is indexed by now, where that was not so before. @throws DatabaseError */
  readonly lookAgain: () => Promise<void>;
}

export interface ConnectDeps {
  readonly registry: NetworkRegistry;
  readonly settings: Settings;
  readonly cleanup: Cleanup;
  readonly logger: Logger;
  readonly metrics: PurserMetrics;
}

/**
 * Asks the nodes which network they are on and finds its row. While none of them answers, a network that was followed
 * before is served from what is indexed. @throws ChainError when none answers and nothing is known of the network.
 */
export const connectNetwork = async (
  network: NetworkSettings & { readonly sandbox?: boolean },
  deps: ConnectDeps,
): Promise<ConnectedNetwork> => {
  const { registry, cleanup } = deps;
  const { label } = network;
  const stored = (await registry.list()).filter((known) => known.label === label);
  const source = openSource(network, expectedOf(network, stored), deps);
  cleanup.defer(`nodes of ${label}`, () => source.close());
  const identity = await identify(source, label, stored, deps);
  let row = await registry.find({ ...identity, label });
  const hints = network.wsUrl === undefined ? undefined : openHints(network.wsUrl, label, deps);
  return {
    get networkId() {
      return row?.networkId ?? UNKNOWN_NETWORK_ID;
    },
    chainId: identity.chainId,
    genesisHash: identity.genesisHash,
    label,
    source,
    sandbox: network.sandbox ?? false,
    ...(hints && { hints }),
    lookAgain: async () => {
      row ??= await registry.find({ ...identity, label });
    },
  };
};

const openHints = (url: string, label: string, { cleanup, logger }: ConnectDeps): HeadHints => {
  const hints = createWebSocketHeadHints({
    url,
    onLost: (reason) => logger.debug({ network: label, reason }, 'head hints lost'),
  });
  cleanup.defer(`head hints of ${label}`, () => hints.close());
  return hints;
};

const identify = async (
  source: ChainSource,
  label: string,
  stored: readonly NetworkIdentity[],
  { logger }: ConnectDeps,
): Promise<NetworkIdentity> => {
  try {
    return await source.network({ signal: AbortSignal.timeout(IDENTIFY_MS) });
  } catch (error) {
    const [known] = stored;
    if (!isOutage(error)) throw error;
    if (known === undefined || stored.length > 1) throw unreachable(label, error);
    logger.warn({ network: label, code: error.code }, 'no node answers; what is indexed is served meanwhile');
    return known;
  }
};

/** Longer than a node takes to answer, shorter than a supervisor waits for a service to start. */
const IDENTIFY_MS = 15_000;

const isOutage = (error: unknown): error is ChainError =>
  isChainError(error) && (error.retryable || error.code === 'ABORTED');

const unreachable = (label: string, cause: ChainError): ChainError =>
  cause.code === 'ABORTED'
    ? new ChainError('RPC_UNAVAILABLE', `no node of ${label} answered within ${IDENTIFY_MS / 1000} s`, {
        cause,
      })
    : cause;

/**
 * Several nodes: the network that was followed before decides, not whichever node answers first. One node alone may be
 * of a development chain that began anew.
 */
const expectedOf = (
  { rpcUrls }: NetworkSettings,
  [known, ...others]: readonly NetworkIdentity[],
): NetworkIdentity | undefined => (rpcUrls.length > 1 && others.length === 0 ? known : undefined);

const openSource = (
  network: NetworkSettings,
  expectedNetwork: NetworkIdentity | undefined,
  { settings, logger, metrics }: ConnectDeps,
): ChainSource =>
  createHttpChainSource({
    ...(expectedNetwork && { expectedNetwork }),
    providers: network.rpcUrls.map((url) => ({ url, callsPerSecond: settings.rpcCallsPerSecond })),
    callDeadlineMs: settings.rpcDeadlineMs,
    onIncident: ({ kind, provider, code, message }) => {
      logger.warn({ network: network.label, provider, code, kind }, message);
    },
    onCall: (call) => metrics.countRpcCall({ network: network.label, ...call }),
  });
