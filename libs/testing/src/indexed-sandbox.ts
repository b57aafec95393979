import { createHttpChainSource } from '#libs/chain';
import type { Db } from '#libs/database';
import { type Address, encodeShortString, feltToHex, selectorOf, toFelt } from '#libs/felt';
import { createNetworkIndexer, type NetworkIndexer, type NetworkIndexerOptions } from '#libs/indexing';
import {
  createSandbox,
  type Json,
  loadArtifactClasses,
  type Sandbox,
  type SandboxOptions,
} from '#libs/sandbox';
import { ChainActor, deployThrough, type Request } from './chain-actor.ts';
import { testClassHash } from './scripted-chain.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const START_SECONDS = 1_800_000_000;

/** A sandbox chain with a clock of its own and what sends transactions to it. */
export interface SandboxChain {
  readonly sandbox: Sandbox;
  readonly request: Request;
  readonly chainId: ReturnType<typeof encodeShortString>;
  deployAccount(className: string, ownerKey: bigint): ChainActor;
  deployToken(actor: ChainActor, className: 'token_keyed' | 'token_legacy'): Address;
  /** What a view of an account answers at the newest block. */
  view(account: Address, name: string, ...args: bigint[]): bigint[];
}

export const createSandboxChain = (options: Partial<SandboxOptions> = {}): SandboxChain => {
  const sandbox = createSandbox({
    classes: loadArtifactClasses('contracts/artifacts'),
    clock: { nowSeconds: () => START_SECONDS },
    startSeconds: START_SECONDS,
    ...options,
  });
  const request: Request = (method, params) => sandbox.request(method, params as Json);
  const chainId = encodeShortString(options.chainId ?? 'SN_SEPOLIA');
  return {
    sandbox,
    request,
    chainId,
    deployAccount: (className, ownerKey) =>
      ChainActor.deploy(request, chainId, testClassHash(className), ownerKey),
    deployToken: (actor, className) =>
      deployThrough(actor, testClassHash(className), [
        encodeShortString('Coin'),
        encodeShortString('COIN'),
        toFelt(6n),
        toFelt(10n ** 12n),
        toFelt(0n),
        actor.address,
      ]),
    view: (account, name, ...args) => {
      const calldata = args.map(feltToHex);
      const entry_point_selector = feltToHex(selectorOf(name));
      const call = { contract_address: feltToHex(account), entry_point_selector, calldata };
      return (request('starknet_call', { request: call, block_id: 'latest' }) as string[]).map(BigInt);
    },
  };
};

/** Follows a sandbox into a database until told to stop. */
export interface RunningIndexer {
  readonly indexer: NetworkIndexer;
  /** Waits until the newest block of the chain is committed. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export const followSandbox = async (
  db: Db,
  chain: SandboxChain,
  options: Partial<NetworkIndexerOptions> = {},
): Promise<RunningIndexer> => {
  const server = await chain.sandbox.listen({ port: 0 });
  const source = createHttpChainSource({ providers: [{ url: server.url }] });
  const indexer = createNetworkIndexer({
    db,
    source,
    label: 'sandbox',
    sandbox: true,
    startBlock: 0,
    discovery: true,
    watch: [],
    lowCallsThreshold: 5,
    deliverAlerts: true,
    pollIntervalMs: 20,
    log: SILENT,
    ...options,
  });
  const abort = new AbortController();
  const running = indexer.run(abort.signal);
  running.catch(() => undefined);
  return {
    indexer,
    caughtUp: () => Promise.race([waitUntilCaughtUp(db, chain, indexer), running]),
    stop: async () => {
      abort.abort();
      await running;
      await source.close();
      await server.close();
    },
  };
};

const waitUntilCaughtUp = async (
  db: Db,
  { request }: SandboxChain,
  indexer: NetworkIndexer,
): Promise<void> => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const head = request('starknet_blockHashAndNumber') as { block_hash: string };
    const rows = await db
      .selectFrom('cursors')
      .select('block_hash')
      .where('network_id', '=', indexer.status()?.networkId ?? 0)
      .execute();
    if (rows.some((row) => row.block_hash === feltToHex(BigInt(head.block_hash)))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the indexer did not reach the head of the chain in 10 seconds');
};
