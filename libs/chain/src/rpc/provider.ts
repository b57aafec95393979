import { maskUrl } from '#libs/config';
import { throwIfAborted, unlessAborted } from '../abort.ts';
import { ChainError, type ChainErrorCode } from '../chain.error.ts';
import type { Clock, Random } from '../clock.ts';
import { budgetWaitMs, newCallBudget, spendCall } from './call-budget.ts';
import { CLOSED_CIRCUIT, circuitAfterFailure } from './circuit.ts';
import { createHttpTransport, type HttpTransport } from './http-transport.ts';
import type { RpcParams } from './json-rpc.ts';
import { checkNetwork, type NetworkConsensus } from './network-check.ts';
import type { ProviderIncident, ProviderOptions } from './options.ts';
import { createRpcClient, type RpcAnswer, type RpcClient, type RpcClientOptions } from './rpc-client.ts';

/** What a node would not take, learnt from its refusals. */
interface ProviderLimits {
  eventChunkSize: number;
  eventKeys: number;
  eventAddresses: number;
  eventsUpToHash: boolean;
  stateUpdateFilter: boolean;
  lastUpdateBlock: boolean;
}

/** One node: its connection, budget, health, identity and learnt limits. */
export interface Provider {
  readonly name: string;
  readonly limits: ProviderLimits;
  /** When it may be asked next; Infinity never. */
  readyAtMs(): number;
  /** Why it is not to be asked at all, for now. */
  refusal(): ChainError | undefined;
  /** Makes sure that it is on our network and speaks our version; cheap when nothing changed. */
  verify(signal: AbortSignal | undefined): Promise<void>;
  ask(method: string, params: RpcParams, signal: AbortSignal | undefined): Promise<RpcAnswer>;
  succeeded(): void;
  failed(error: ChainError): void;
  learn(limits: Partial<ProviderLimits>, error?: ChainError): void;
  close(): Promise<void>;
}

export interface ProviderContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly callDeadlineMs: number;
  readonly maxAnswerBytes: number;
  readonly eventChunkSize: number;
  readonly consensus: NetworkConsensus;
  readonly report: (incident: ProviderIncident) => void;
  readonly count: RpcClientOptions['count'];
}

/** A new connection to a node asked longer ago than this may lead to another node. */
const IDENTITY_FRESH_MS = 5_000;
/** How long a provider of another network, version or without a valid key is left alone. */
const REFUSED_MS = 60_000;
const DEFAULT_CONNECTIONS = 32;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

const REFUSING: readonly ChainErrorCode[] = ['WRONG_NETWORK', 'RPC_VERSION_UNSUPPORTED', 'RPC_UNAUTHORIZED'];

/** Failures of a node that is evidently still the same one. */
const ALIVE: readonly ChainErrorCode[] = ['RPC_RATE_LIMITED', 'ANSWER_MISMATCH'];

/** When a provider was last found on our network. Unset: to be found out. */
interface Identity {
  verifiedAtMs: number | undefined;
}

/** @throws ChainError PROVIDER_URL_INVALID */
export const createProvider = (options: ProviderOptions, context: ProviderContext): Provider => {
  const name = options.label ?? maskUrl(options.url);
  const health = createHealth(name, context);
  const identity: Identity = { verifiedAtMs: undefined };
  const transport = openTransport(options, context, identity);
  const client = createRpcClient({ ...context, url: options.url, name, transport });
  const { call, waitMs } = budgeted(client, options.callsPerSecond, context.clock);
  const limits = initialLimits(context);
  return {
    name,
    limits,
    readyAtMs: () => Math.max(health.readyAtMs(), context.clock.nowMs() + waitMs()),
    refusal: health.refusal,
    verify: createVerifier(name, identity, context, call),
    ask: call,
    succeeded: health.succeeded,
    failed: (error) => {
      if (!ALIVE.includes(error.code)) identity.verifiedAtMs = undefined;
      health.failed(error);
    },
    learn: (learnt, error) => {
      Object.assign(limits, learnt);
      const message = JSON.stringify(learnt);
      const code = error?.code ?? 'RPC_INVALID_PARAMS';
      context.report({ kind: 'LIMIT_LEARNT', provider: name, code, message });
    },
    close: () => transport.close(),
  };
};

const initialLimits = (context: ProviderContext): ProviderLimits => ({
  eventChunkSize: context.eventChunkSize,
  eventKeys: UNLIMITED,
  eventAddresses: UNLIMITED,
  eventsUpToHash: true,
  stateUpdateFilter: true,
  lastUpdateBlock: true,
});

const openTransport = (
  options: ProviderOptions,
  context: ProviderContext,
  identity: Identity,
): HttpTransport =>
  createHttpTransport({
    url: checkUrl(options.url),
    headers: options.headers ?? {},
    maxConnections: options.maxConnections ?? DEFAULT_CONNECTIONS,
    maxAnswerBytes: context.maxAnswerBytes,
    onConnect: () => {
      const ageMs = context.clock.nowMs() - (identity.verifiedAtMs ?? 0);
      if (ageMs > IDENTITY_FRESH_MS) identity.verifiedAtMs = undefined;
    },
  });

const checkUrl = (url: string): string => {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new ChainError('PROVIDER_URL_INVALID', `not an http(s) URL: ${maskUrl(url)}`);
};

interface BudgetedClient {
  readonly call: Provider['ask'];
  readonly waitMs: () => number;
}

const budgeted = (client: RpcClient, callsPerSecond: number | undefined, clock: Clock): BudgetedClient => {
  let budget = newCallBudget(callsPerSecond);
  return {
    waitMs: () => budgetWaitMs(budget, clock.nowMs()),
    call: async (method, params, signal) => {
      if (budget) {
        const nowMs = clock.nowMs();
        const waitMs = budgetWaitMs(budget, nowMs);
        budget = spendCall(budget, nowMs);
        if (waitMs > 0) await clock.sleep(waitMs, signal);
        throwIfAborted(signal);
      }
      return client(method, params, signal);
    },
  };
};

/** One check at a time, shared by all who wait for it: after a failure it is also the single probe. */
const createVerifier = (
  name: string,
  identity: Identity,
  context: ProviderContext,
  ask: Provider['ask'],
): Provider['verify'] => {
  let running: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    const startedMs = context.clock.nowMs();
    await checkNetwork(name, context.consensus, (method, params) => ask(method, params, undefined));
    identity.verifiedAtMs = startedMs;
  };
  return async (signal) => {
    if (identity.verifiedAtMs !== undefined) return;
    running ??= check().finally(() => {
      running = undefined;
    });
    await unlessAborted(running, signal);
  };
};

type Health = Pick<Provider, 'readyAtMs' | 'refusal' | 'succeeded' | 'failed'>;

const createHealth = (name: string, context: ProviderContext): Health => {
  const { clock, random, report } = context;
  let circuit = CLOSED_CIRCUIT;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  let refused: { readonly error: ChainError; readonly untilMs: number } | undefined;
  return {
    refusal: () => (refused && clock.nowMs() < refused.untilMs ? refused.error : undefined),
    readyAtMs: () =>
      Math.max(circuit.openUntilMs, pausedUntilMs, refused?.untilMs ?? Number.NEGATIVE_INFINITY),
    succeeded: () => {
      circuit = CLOSED_CIRCUIT;
      refused = undefined;
    },
    failed: (error) => {
      const nowMs = clock.nowMs();
      const { code, message, retryAfterMs } = error;
      const say = (kind: ProviderIncident['kind']): void => {
        report({
          kind,
          provider: name,
          code,
          message,
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        });
      };
      if (REFUSING.includes(error.code)) {
        refused = { error, untilMs: nowMs + REFUSED_MS };
        say('REFUSED');
      } else if (retryAfterMs !== undefined) {
        pausedUntilMs = Math.max(pausedUntilMs, nowMs + retryAfterMs);
        say('PAUSED');
      } else {
        const before = circuit;
        circuit = circuitAfterFailure(circuit, nowMs, random);
        say(circuit.openings > before.openings ? 'CIRCUIT_OPENED' : 'CALL_FAILED');
      }
    },
  };
};
