import { type ChainSource, createHttpChainSource, type NetworkIdentity } from '#libs/chain';
import type { Db } from '#libs/database';
import type { Address } from '#libs/felt';
import { createNetworkIndexer, type NetworkIndexer, type NetworkIndexerOptions } from '#libs/indexing';
import { MAX_ANSWER_BYTES } from '../node/faulty-nodes.ts';
import type { Lifetime } from './lifetime.ts';

export interface AppOptions {
  readonly lifetime: Lifetime;
  readonly db: Db;
  readonly urls: readonly string[];
  /** What was followed before, as the service says it to its nodes. */
  readonly expectedNetwork: NetworkIdentity | undefined;
  readonly random: () => number;
  /** Off: accounts are asked for by name. */
  readonly discovery: boolean;
  readonly startBlock: number;
  readonly watch?: readonly Address[];
  readonly backfill?: NetworkIndexerOptions['backfill'];
  /** Where a planted bug may sit. */
  readonly wrapSource?: ((source: ChainSource) => ChainSource) | undefined;
  readonly log?: (line: string) => void;
}

/** One process of the indexer. */
export interface App {
  readonly lifetime: Lifetime;
  readonly indexer: NetworkIndexer;
  follow(addresses: readonly Address[]): void;
  /** An orderly stop. */
  stop(): Promise<void>;
}

export const startApp = (options: AppOptions): App => {
  const {
    lifetime,
    db,
    urls,
    random,
    expectedNetwork,
    discovery,
    startBlock,
    watch = [],
    backfill,
    log,
    wrapSource = (source) => source,
  } = options;
  const source = createHttpChainSource({
    providers: urls.map((url) => ({ url })),
    clock: lifetime.clock,
    random,
    ...(expectedNetwork && { expectedNetwork }),
    maxAnswerBytes: MAX_ANSWER_BYTES,
    // Small pages, so that an account's history has several.
    eventChunkSize: 5,
  });
  const say = (fields: object, message: string): void => log?.(`${message} ${JSON.stringify(fields)}`);
  const indexer = createNetworkIndexer({
    db,
    source: wrapSource(source),
    label: 'sim',
    sandbox: true,
    startBlock,
    discovery,
    ...(backfill && { backfill }),
    watch,
    lowCallsThreshold: 5,
    deliverAlerts: true,
    pollIntervalMs: 1_000,
    clock: lifetime.clock,
    log: { info: say, warn: say, error: say },
  });
  const abort = new AbortController();
  const running = indexer.run(abort.signal);
  running.catch((error: unknown) => log?.(`the indexer ended: ${String(error)}`));
  return {
    lifetime,
    indexer,
    follow: (addresses) => {
      for (const address of addresses) indexer.follow(address);
    },
    stop: async () => {
      abort.abort();
      await running.catch(() => undefined);
      await source.close();
    },
  };
};
