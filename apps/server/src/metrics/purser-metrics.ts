import type { RefusedAction } from '#libs/access';
import type { RequestScope } from '#libs/database';
import { type IndexerStatus, type NetworkStatus } from '#libs/api';
import { type ProviderCall } from '#libs/chain';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** How many of each code; nothing where the database does not answer. */
export type CountDeadLetters = (
  networkId: number,
  /** Whose accounts; those of the deployment where left out. */
  scope?: RequestScope,
) => Promise<readonly { readonly code: string; readonly count: number }[] | undefined>;

/** Counters that the other rooms feed, and the registry that /metrics prints. One per process. */
export interface PurserMetrics {
  readonly registry: Registry;
  countRpcCall(labels: ProviderCall & { readonly network: string }): void;
  observeCommit(network: string, seconds: number, blocks: number): void;
  countReorg(network: string): void;
  /** Comparisons of the index with a node. */
  countDrift(network: string, outcome: 'equal' | 'different' | 'unknown', count: number): void;
  /** Of a credential. The code of the error: as many as there are, and nothing that was sent. */
  countRefusal(action: RefusedAction, code: string): void;
  /** Reads the gauges from the status at each scrape. */
  watch(status: IndexerStatus): void;
  /** Counts what could not be read, at each scrape. */
  watchDeadLetters(status: IndexerStatus, count: CountDeadLetters): void;
}

const COMMIT_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const createCounters = (registers: [Registry]) => ({
  rpcCalls: new Counter({
    name: 'purser_rpc_calls_total',
    help: 'Calls to nodes. The provider is its position in the configuration, from 0; an error is a failure of the node.',
    labelNames: ['network', 'provider', 'method', 'outcome'],
    registers,
  }),
  blocks: new Counter({
    name: 'purser_blocks_committed_total',
    help: 'Blocks committed to the index.',
    labelNames: ['network'],
    registers,
  }),
  reorgs: new Counter({
    name: 'purser_reorgs_total',
    help: 'Reorganisations rolled back.',
    labelNames: ['network'],
    registers,
  }),
  drift: new Counter({
    name: 'purser_drift_checks_total',
    help: 'Sessions, policies, classes and blocks compared with what a node says of them.',
    labelNames: ['network', 'outcome'],
    registers,
  }),
  refusals: new Counter({
    name: 'purser_refused_credentials_total',
    help: 'Keys, tokens and sign-ins that were refused, by the code of the answer.',
    labelNames: ['action', 'code'],
    registers,
  }),
});

export const createPurserMetrics = (): PurserMetrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { rpcCalls, blocks, reorgs, drift, refusals } = createCounters([registry]);
  const commits = new Histogram({
    name: 'purser_commit_seconds',
    help: 'Duration of a transaction that commits blocks.',
    labelNames: ['network'],
    buckets: COMMIT_BUCKETS_SECONDS,
    registers: [registry],
  });
  return {
    registry,
    countRpcCall: (labels) => rpcCalls.inc({ ...labels }),
    observeCommit: (network, seconds, count) => {
      commits.observe({ network }, seconds);
      blocks.inc({ network }, count);
    },
    countReorg: (network) => reorgs.inc({ network }),
    countDrift: (network, outcome, count) => drift.inc({ network, outcome }, count),
    countRefusal: (action, code) => refusals.inc({ action, code }),
    watch: (status) => watchStatus(registry, status),
    watchDeadLetters: (status, count) => watchDeadLetters(registry, status, count),
  };
};

const gauges: readonly [name: string, help: string, read: (network: NetworkStatus) => number | undefined][] =
  [
    ['purser_head_block', 'The newest block of the chain.', (network) => network.head?.blockNumber],
    ['purser_indexed_block', 'The newest block in the index.', (network) => network.indexed?.blockNumber],
    [
      'purser_finalized_block',
      'The newest block that is final on Ethereum.',
      (network) => network.finalizedBlock,
    ],
    ['purser_lag_blocks', 'Blocks between index and head.', (network) => network.lagBlocks],
    ['purser_lag_seconds', 'Seconds between index and head.', (network) => network.lagSeconds],
    [
      'purser_stalled_seconds',
      'How long there was work and nothing was committed.',
      (network) => network.stalledSeconds,
    ],
  ];

const watchStatus = (registry: Registry, status: IndexerStatus): void => {
  for (const [name, help, read] of gauges) {
    new Gauge({
      name,
      help,
      labelNames: ['network'],
      registers: [registry],
      collect() {
        this.reset();
        for (const network of status.networks()) {
          const value = read(network);
          if (value !== undefined) this.set({ network: network.label }, value);
        }
      },
    });
  }
};

const watchDeadLetters = (registry: Registry, status: IndexerStatus, count: CountDeadLetters): void => {
  new Gauge({
    name: 'purser_dead_letters',
    help: 'What could not be read and waits for somebody, by the code of the reason.',
    labelNames: ['network', 'code'],
    registers: [registry],
    async collect() {
      const networks = status.networks();
      const counts = await Promise.all(networks.map(({ networkId }) => count(networkId)));
      this.reset();
      networks.forEach(({ label }, at) => {
        for (const letters of counts[at] ?? [])
          this.set({ network: label, code: letters.code }, letters.count);
      });
    },
  });
};
