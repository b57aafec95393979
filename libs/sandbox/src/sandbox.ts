import { encodeShortString } from '#libs/felt';
import { derivePredeployedAccounts, type PredeployedAccount } from './accounts/predeployed.ts';
import type { Behaviour } from './behaviour.ts';
import type { BlockRecord } from './chain/block-record.ts';
import { BlockTime } from './chain/block-time.ts';
import { Chain } from './chain/chain.ts';
import type { ChainNotice } from './chain/types.ts';
import { createGenesis } from './chain/genesis.ts';
import { ClassRegistry, type SandboxClass } from './classes/class-registry.ts';
import { createSystemClasses } from './classes/system-classes.ts';
import { type SandboxClock, systemClock } from './clock.ts';
import { dispatch } from './rpc/dispatcher.ts';
import type { Json } from './rpc/json.ts';
import type { RpcContext, RpcLimits } from './rpc/rpc-context.ts';
import { listen, type ListeningSandbox, type ListenOptions, runWith } from './server/server.ts';
import { DEFAULT_GAS_PRICES } from './transactions/gas.ts';

/** When a block is built. Commands that build one work in every mode. */
export type BlockGeneration = 'TRANSACTION' | 'DEMAND' | { readonly intervalSeconds: number };

export interface SandboxOptions {
  /** Classes besides those of the predeployed contracts: `loadArtifactClasses(directory)`, or a spec's own. */
  readonly classes?: readonly SandboxClass[];
  /** Off: a class has to be declared by a transaction before it can be deployed. */
  readonly classesAreDeclared?: boolean;
  /** Equal seeds give equal accounts, and the accounts of `starknet-devnet --seed`. */
  readonly seed?: number;
  readonly clock?: SandboxClock;
  /** The time of block 0; else the clock's. */
  readonly startSeconds?: number;
  readonly chainId?: string;
  readonly accounts?: number;
  readonly initialBalance?: bigint;
  readonly blockGeneration?: BlockGeneration;
  readonly behaviour?: Behaviour;
  readonly limits?: RpcLimits;
}

/** A Starknet chain inside the process. */
export interface Sandbox {
  readonly accounts: readonly PredeployedAccount[];
  readonly latest: BlockRecord;
  readonly chain: Chain;
  /** Any JSON-RPC method, without a socket. @throws RpcError as the method answers. */
  request(method: string, params?: Json): Json;
  createBlock(): BlockRecord;
  /** Takes the given block and all after it off the chain. */
  abortFrom(blockNumber: number): readonly BlockRecord[];
  acceptOnL1(blockNumber: number): void;
  listen(options: ListenOptions): Promise<ListeningSandbox>;
  /** Told of every block, reorg and acceptance. @returns how to stop. */
  onNotice(listener: (notice: ChainNotice) => void): () => void;
  /** Stops the interval and every server. */
  close(): Promise<void>;
}

const DEFAULT_ACCOUNTS = 10;
const DEFAULT_BALANCE = 10n ** 21n;

export const createSandbox = (options: SandboxOptions = {}): Sandbox => {
  const context = createContext(options);
  const { chain, accounts } = context;
  const servers = new Set<ListeningSandbox>();
  const stopInterval = startInterval(chain, options.blockGeneration);
  const sandbox: Sandbox = {
    accounts,
    chain,
    get latest() {
      return chain.latest;
    },
    request: (method, params) => dispatch(context, method, params),
    createBlock: () => chain.createBlock(),
    abortFrom: (blockNumber) => chain.abortFrom(blockNumber),
    acceptOnL1: (blockNumber) => void chain.acceptOnL1(blockNumber),
    onNotice: (listener) => chain.listen(listener),
    listen: async (listenOptions) => {
      const server = await listen(context, runWith(context), listenOptions);
      servers.add(server);
      return server;
    },
    close: async () => {
      stopInterval();
      await Promise.all([...servers].map((server) => server.close()));
    },
  };
  return sandbox;
};

const createContext = (options: SandboxOptions): RpcContext => {
  const { seed = 0, clock = systemClock, initialBalance = DEFAULT_BALANCE, behaviour = 'STARKNET' } = options;
  const systemClasses = createSystemClasses();
  const classes = options.classes ?? [];
  const accounts = derivePredeployedAccounts(seed, options.accounts ?? DEFAULT_ACCOUNTS);
  const time = new BlockTime(clock);
  if (options.startSeconds !== undefined) time.startAt(options.startSeconds);
  const chain = new Chain(
    {
      chainId: encodeShortString(options.chainId ?? 'SN_SEPOLIA'),
      seed,
      behaviour,
      classes: new ClassRegistry([...systemClasses, ...classes]),
      time,
      prices: DEFAULT_GAS_PRICES,
      blockPerTransaction: (options.blockGeneration ?? 'TRANSACTION') === 'TRANSACTION',
    },
    createGenesis({
      accounts,
      initialBalance,
      declaredClasses: [...systemClasses, ...((options.classesAreDeclared ?? true) ? classes : [])],
    }),
  );
  return { chain, accounts, initialBalance, limits: options.limits ?? {}, traces: { withheld: false } };
};

const startInterval = (chain: Chain, generation: BlockGeneration | undefined): (() => void) => {
  if (typeof generation !== 'object') return () => undefined;
  const timer = setInterval(() => void chain.createBlock(), generation.intervalSeconds * 1000);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};
