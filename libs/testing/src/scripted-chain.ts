import { readFileSync } from 'node:fs';
import {
  SELECTORS,
  type SessionData,
  sessionDataToFelts,
  type SpendingPolicy,
  spendingPolicyToFelts,
} from '#libs/account';
import {
  type BlockHeader,
  ChainError,
  type ChainSource,
  type EmittedEvent,
  type EventQuery,
} from '#libs/chain';
import {
  type Address,
  type ClassHash,
  encodeShortString,
  type Felt,
  parseFelt,
  selectorOf,
  toFelt,
} from '#libs/felt';

const ARTIFACTS = new URL('../../../contracts/artifacts/', import.meta.url);

const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, ARTIFACTS), 'utf8'));

/** The class hash of one of the compiled test contracts. */
export const testClassHash = (name: string): ClassHash => {
  const classes = readJson('classes.json') as Record<string, { classHash: string }>;
  return parseFelt(classes[name]?.classHash) as bigint as ClassHash;
};

/** The ABI of one of the compiled test contracts. */
export const testClassAbi = (name: string): unknown =>
  (readJson(`${name}.sierra.json`) as { abi: unknown }).abi;

export interface ScriptedSession {
  readonly data: SessionData;
  readonly entrypoints?: readonly Felt[];
}

export interface ScriptedAccount {
  readonly classHash: ClassHash;
  readonly abi: unknown;
  readonly sessions?: ReadonlyMap<bigint, ScriptedSession>;
  /** By `key:token`, both as decimals. */
  readonly policies?: ReadonlyMap<string, SpendingPolicy>;
  readonly events?: readonly EmittedEvent[];
  /** Overrides what `get_session_data` answers, for answers that make no sense. */
  readonly sessionWords?: readonly Felt[];
  /** Views of its own, asked first: those of a token, say. */
  readonly views?: (selector: Felt, calldata: readonly Felt[]) => readonly Felt[] | undefined;
}

/** A chain that says what its script says. Change the members between questions. */
export interface ScriptedChain {
  readonly source: ChainSource;
  head: BlockHeader;
  readonly accounts: Map<bigint, ScriptedAccount>;
  /** Thrown by each method, once set. */
  failure: ChainError | undefined;
  /** Names of the methods that were called. */
  readonly calls: string[];
}

export const headerOf = (blockNumber: number, timestampSeconds: bigint): BlockHeader => ({
  blockNumber,
  blockHash: toFelt(0xb10c_0000n + BigInt(blockNumber)),
  parentHash: toFelt(0xb10c_0000n + BigInt(blockNumber) - 1n),
  timestampSeconds,
  finality: 'ACCEPTED_ON_L2',
});

/** An event of the standard with one key, at a place. */
export const lifecycleEvent = (
  name: 'SessionKeyAdded' | 'SessionKeyRevoked',
  account: Address,
  key: Felt,
  blockNumber: number,
  data: readonly Felt[] = [],
): EmittedEvent => ({
  fromAddress: account,
  keys: [selectorOf(name), key],
  data,
  blockNumber,
  blockHash: headerOf(blockNumber, 0n).blockHash,
  transactionHash: toFelt(0x7000n + BigInt(blockNumber)),
  transactionIndex: 0,
  eventIndex: 0,
});

export const createScriptedChain = (head: BlockHeader): ScriptedChain => {
  const accounts = new Map<bigint, ScriptedAccount>();
  const calls: string[] = [];
  const chain: ScriptedChain = { source: {} as ChainSource, head, accounts, failure: undefined, calls };
  const asked = <T>(name: string, answer: () => T): Promise<T> => {
    calls.push(name);
    return chain.failure === undefined ? Promise.resolve().then(answer) : Promise.reject(chain.failure);
  };
  const unscripted = (): never => {
    throw new Error('the script does not say');
  };
  const source: ChainSource = {
    network: () =>
      asked('network', () => ({ chainId: encodeShortString('SN_SEPOLIA'), genesisHash: toFelt(1) })),
    head: () => asked('head', () => chain.head),
    header: () => asked('header', () => chain.head),
    l1AcceptedHead: () => asked('l1AcceptedHead', () => undefined),
    block: () => asked('block', unscripted),
    stateUpdate: () => asked('stateUpdate', unscripted),
    storageAt: () => asked('storageAt', unscripted),
    storageWithUpdateBlock: () => asked('storageWithUpdateBlock', unscripted),
    traceTransaction: () => asked('traceTransaction', unscripted),
    nonceAt: () => asked('nonceAt', unscripted),
    events: (query) => eventPages(chain, query),
    witnesses: () => [],
    call: (address, selector, calldata) =>
      asked('call', () => callView(requireAccount(chain, address), selector, calldata)),
    classHashAt: (address) => asked('classHashAt', () => accounts.get(address)?.classHash),
    classAbi: (classHash) =>
      asked('classAbi', () => [...accounts.values()].find((account) => account.classHash === classHash)?.abi),
    close: () => Promise.resolve(),
  };
  return Object.assign(chain, { source });
};

const requireAccount = (chain: ScriptedChain, address: bigint): ScriptedAccount => {
  const account = chain.accounts.get(address);
  if (account === undefined) throw new ChainError('CONTRACT_NOT_FOUND', 'no contract there');
  return account;
};

const NO_SESSION: SessionData = {
  validUntilSeconds: 0n,
  maxCalls: 0n,
  callsUsed: 0n,
  allowedEntrypointsLen: 0n,
};
const NO_POLICY: SpendingPolicy = {
  maxPerCall: 0n,
  maxPerWindow: 0n,
  windowSeconds: 0n,
  spentInWindow: 0n,
  windowStartSeconds: 0n,
};

const callView = (account: ScriptedAccount, selector: Felt, calldata: readonly Felt[]): readonly Felt[] => {
  const own = account.views?.(selector, calldata);
  if (own !== undefined) return own;
  const [key = 0n, second = 0n] = calldata;
  const session = account.sessions?.get(key);
  switch (selector) {
    case SELECTORS.get_session_data:
      return account.sessionWords ?? sessionDataToFelts(session?.data ?? NO_SESSION);
    case SELECTORS.get_session_allowed_entrypoint_at:
      return [session?.entrypoints?.[Number(second)] ?? toFelt(0)];
    case SELECTORS.get_spending_policy:
      return spendingPolicyToFelts(account.policies?.get(`${key}:${second}`) ?? NO_POLICY);
    default:
      throw new ChainError('ENTRYPOINT_NOT_FOUND', 'no such view');
  }
};

async function* eventPages(chain: ScriptedChain, query: EventQuery): AsyncGenerator<readonly EmittedEvent[]> {
  chain.calls.push('events');
  await Promise.resolve();
  if (chain.failure !== undefined) throw chain.failure;
  const all = [...chain.accounts].flatMap(([address, { events }]) =>
    address === query.address ? (events ?? []) : [],
  );
  yield all.filter(({ keys, blockNumber }) => blockNumber <= query.toBlock && matches(keys, query.keys));
}

const matches = (keys: readonly Felt[], filter: readonly (readonly Felt[])[]): boolean =>
  filter.every((wanted, at) => wanted.length === 0 || wanted.some((felt) => felt === keys[at]));
