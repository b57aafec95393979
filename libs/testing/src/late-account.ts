import { type ChainSource, createHttpChainSource } from '#libs/chain';
import { type Db, inTransaction } from '#libs/database';
import { type BackfillJob, listBackfills, requestBackfills } from '#libs/facts';
import { type Address, selectorOf } from '#libs/felt';
import type { NetworkIndexerOptions } from '#libs/indexing';
import { type ChainActor, sessionKeyOf, transferCall } from './chain-actor.ts';
import {
  createSandboxChain,
  followSandbox,
  type RunningIndexer,
  type SandboxChain,
} from './indexed-sandbox.ts';

const FAR = 1_900_000_000n;
const RECIPIENT = 0xbeefn;
const SECRETS = [0x777n, 0x888n, 0x999n] as const;

/** A node that answers for so many blocks by their height, as a back-fill asks, and then keeps whoever asks waiting. */
interface StallingNode {
  readonly source: ChainSource;
  readonly stalled: Promise<undefined>;
}

/** An account with a life of its own that an index meets late, and what back-fills it. */
export interface LateAccount {
  readonly chain: SandboxChain;
  readonly account: ChainActor;
  readonly token: Address;
  /** So many changes, told by a seed: grants, uses of every kind, owner's changes, and blocks without any. */
  live(seed: number, steps: number): void;
  follow(db: Db, options?: Partial<NetworkIndexerOptions>): Promise<RunningIndexer>;
  halt(indexer: RunningIndexer): Promise<void>;
  /** A node of its own, with no flag for the block of the last update. */
  oldNode(): Promise<ChainSource>;
  stallingNode(blocks: number): Promise<StallingNode>;
  request(db: Db, fromBlock?: number, everyBlock?: boolean): Promise<void>;
  job(db: Db): Promise<BackfillJob>;
  finished(db: Db): Promise<BackfillJob>;
  close(): Promise<void>;
}

export const createLateAccount = (className: string): LateAccount => {
  const chain = createSandboxChain();
  const relayer = chain.deployAccount(className, 0x4321n);
  const account = chain.deployAccount(className, 0x1234n);
  const token = chain.deployToken(account, 'token_keyed');
  const running: RunningIndexer[] = [];
  const sources: ChainSource[] = [];
  const node = async (): Promise<ChainSource> => {
    const { url } = await chain.sandbox.listen({ port: 0 });
    const source = createHttpChainSource({ providers: [{ url }] });
    sources.push(source);
    return source;
  };
  return {
    ...{ chain, account, token },
    live: liveOf({ chain, relayer, account, token }),
    follow: async (db, options = {}) => {
      const indexer = await followSandbox(db, chain, {
        ...{
          discovery: false,
          watch: [account.address],
          backfill: { callsPerSecond: 10_000, blocksInPart: 3 },
        },
        ...options,
      });
      running.push(indexer);
      await indexer.caughtUp();
      return indexer;
    },
    halt: async (indexer) => {
      running.splice(running.indexOf(indexer), 1);
      await indexer.stop();
    },
    oldNode: async () => {
      const source = await node();
      return {
        ...source,
        storageWithUpdateBlock: async (...question) => ({
          value: await source.storageAt(...question),
          lastUpdateBlock: undefined,
        }),
      };
    },
    stallingNode: async (blocks) => stalling(await node(), blocks),
    request: (db, fromBlock = 0, everyBlock = false) =>
      requestFor(db, account.address, fromBlock, everyBlock),
    job: jobOf,
    finished: async (db) => {
      await until(async () => (await jobOf(db)).finishedAt !== undefined);
      return await jobOf(db);
    },
    close: async () => {
      for (const indexer of running) await indexer.stop();
      for (const source of sources) await source.close();
      await chain.sandbox.close();
    },
  };
};

interface Life {
  readonly chain: SandboxChain;
  readonly relayer: ChainActor;
  readonly account: ChainActor;
  readonly token: Address;
}

const liveOf =
  ({ chain, relayer, account, token }: Life) =>
  (seed: number, steps: number): void => {
    let state = seed >>> 0;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const secret = () => SECRETS[below(SECRETS.length)] ?? SECRETS[0];
    // Some amounts are above the cap of one call, and sooner or later above that of the window.
    const spending = () => [transferCall(token, RECIPIENT, BigInt(1 + below(60)))];
    let nonce = BigInt(seed) * 1_000_000n;
    const outside = () => account.outsideCall(secret(), FAR, spending(), (nonce += 1n), FAR);
    const deeds: readonly (() => void)[] = [
      ...Array.from({ length: 5 }, () => () => void account.sendAs(secret(), FAR, spending())),
      () => void account.sendAs(secret(), FAR, [...spending(), ...spending()]),
      () => void relayer.send([outside()]),
      () => void relayer.send([outside(), outside()]),
      () => void account.send(spending()),
      () => void account.change(grantOf(secret(), BigInt(3 + below(20)))),
      () => void account.change(limitOf(secret(), token, BigInt(100 + below(900))), grantOf(secret(), 9n)),
      () => void account.change({ kind: 'RevokeSessionKey', sessionKey: sessionKeyOf(secret()) }),
      () => void account.change({ kind: 'RemoveSpendingPolicy', sessionKey: sessionKeyOf(secret()), token }),
      ...Array.from({ length: 3 }, () => () => {
        for (let count = below(20); count > 0; count -= 1) chain.sandbox.createBlock();
      }),
    ];
    for (const each of SECRETS) account.change(limitOf(each, token, 500n), grantOf(each, 20n));
    for (let step = 0; step < steps; step += 1) ifItIsTaken(deeds[below(deeds.length)] ?? outside);
  };

/** A key that is revoked or used up is refused before it enters a block: then nothing happens. */
const ifItIsTaken = (deed: () => unknown): void => {
  try {
    deed();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
};

const grantOf = (secret: bigint, maxCalls: bigint) => ({
  kind: 'AddOrUpdateSessionKey' as const,
  sessionKey: sessionKeyOf(secret),
  validUntilSeconds: FAR,
  maxCalls,
  allowedEntrypoints: [selectorOf('transfer')],
});

const limitOf = (secret: bigint, token: Address, maxPerWindow: bigint) => ({
  kind: 'SetSpendingPolicy' as const,
  sessionKey: sessionKeyOf(secret),
  ...{ token, maxPerCall: 50n, maxPerWindow, windowSeconds: 3_600n },
});

const stalling = (source: ChainSource, blocks: number): StallingNode => {
  const stalled = Promise.withResolvers<undefined>();
  let left = blocks;
  const block: ChainSource['block'] = async (ref, options) => {
    if (typeof ref === 'object' && 'blockNumber' in ref) left -= 1;
    if (left >= 0) return await source.block(ref, options);
    stalled.resolve(undefined);
    return await new Promise((_resolve, reject) =>
      options?.signal?.addEventListener('abort', () => reject(new Error('stopped'))),
    );
  };
  return { stalled: stalled.promise, source: { ...source, block } };
};

const requestFor = async (
  db: Db,
  account: Address,
  fromBlock: number,
  everyBlock: boolean,
): Promise<void> => {
  await until(async () =>
    (await db.selectFrom('accounts').select('status').execute()).some(({ status }) => status === 'FOLLOWED'),
  );
  const networkId = await networkOf(db);
  await inTransaction(db, (trx) => requestBackfills(trx, networkId, [{ account, fromBlock, everyBlock }]));
};

const networkOf = async (db: Db): Promise<number> =>
  (
    await db
      .selectFrom('networks')
      .select('network_id')
      .orderBy('network_id', 'desc')
      .executeTakeFirstOrThrow()
  ).network_id;

const jobOf = async (db: Db): Promise<BackfillJob> => {
  const [job] = await listBackfills(db, await networkOf(db), { limit: 1 });
  if (job === undefined) throw new Error('no back-fill was asked for');
  return job;
};

const until = async (isThere: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (await isThere()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to pass in 20 seconds');
};
