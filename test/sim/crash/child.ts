import { createHttpChainSource } from '#libs/chain';
import { createDatabase, type Db } from '#libs/database';
import { createNetworkIndexer } from '#libs/indexing';
import { interpose, type Step } from '../database/sim-driver.ts';

/** What the parent wants of this process. */
export interface ChildTask {
  readonly databaseUrl: string;
  readonly nodeUrl: string;
  /** Stops for ever at this commit point, to be killed there. `*`: announces every point and goes on. */
  readonly stopAt?: string;
}

/** What this process tells its parent. */
export type ChildMessage =
  | { readonly type: 'UP' }
  | { readonly type: 'POINT'; readonly point: string }
  | {
      readonly type: 'STATUS';
      readonly blockHash: string | undefined;
      readonly finalizedBlock: number | undefined;
    };

const STATUS_EVERY_MS = 10;

const tell = (message: ChildMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

/** Nothing of this process runs any more: only SIGKILL ends it. */
const standStill = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

const announcing = (db: Db, stopAt: string): Db => {
  const pass = async (when: string, { name, kind, isWrite }: Step): Promise<void> => {
    const isPoint = kind !== 'STATEMENT' || (isWrite && when === 'after');
    const point = `${when} ${name}`;
    if (!isPoint || (stopAt !== '*' && stopAt !== point)) return;
    await tell({ type: 'POINT', point });
    if (stopAt === point) standStill();
  };
  return interpose(db, {
    before: (step) => pass('before', step),
    after: (step) => pass('after', step),
    rewrite: (query) => query,
    run: (work) => work(),
    lent: () => undefined,
    returned: () => undefined,
  });
};

const { databaseUrl, nodeUrl, stopAt } = JSON.parse(process.argv[2] ?? '{}') as ChildTask;
const { db } = createDatabase({ url: databaseUrl, applicationName: 'purser-crash' });
const silent = (): void => undefined;
const indexer = createNetworkIndexer({
  db: stopAt === undefined ? db : announcing(db, stopAt),
  source: createHttpChainSource({ providers: [{ url: nodeUrl }] }),
  label: 'sim',
  sandbox: true,
  startBlock: 0,
  discovery: true,
  watch: [],
  lowCallsThreshold: 5,
  deliverAlerts: true,
  pollIntervalMs: 10,
  log: { info: silent, warn: silent, error: silent },
});
process.once('disconnect', () => process.exit(1));
await tell({ type: 'UP' });
setInterval(() => {
  const { indexed, finalizedBlock } = indexer.status() ?? {};
  void tell({ type: 'STATUS', blockHash: indexed && `0x${indexed.blockHash.toString(16)}`, finalizedBlock });
}, STATUS_EVERY_MS);
await indexer.run(new AbortController().signal);
