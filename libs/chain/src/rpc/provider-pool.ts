import { throwIfAborted } from '../abort.ts';
import { ChainError, type ChainErrorCode, isChainError } from '../chain.error.ts';
import type { Clock, Random } from '../clock.ts';
import { backOffMs } from './back-off.ts';
import { isProviderFault } from './provider-faults.ts';
import type { Provider } from './provider.ts';

export interface PoolOptions {
  readonly providers: readonly Provider[];
  readonly clock: Clock;
  readonly random: Random;
  readonly maxAttempts: number;
  readonly questionDeadlineMs: number;
  /** Aborts when the source is closed: nothing is tried again then. */
  readonly closing: AbortSignal;
}

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Taken first while it is as ready as any other. */
  readonly prefer?: Provider | undefined;
  /** Not asked at all. */
  readonly avoid?: readonly Provider[] | undefined;
}

/** A question may take several calls, all to the one provider it is given. */
export type Question<T> = (provider: Provider, signal: AbortSignal | undefined) => Promise<T>;
export type AskPool = <T>(question: Question<T>, options?: AskOptions) => Promise<T>;

const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 10_000;

/**
 * What a node says that lags, keeps no history or leaves a method out. It is believed only when every provider that
 * can be asked now says something of the kind.
 */
const ABSENCES: readonly ChainErrorCode[] = [
  'BLOCK_NOT_FOUND',
  'TRANSACTION_NOT_FOUND',
  'TRACE_UNAVAILABLE',
  'RPC_METHOD_NOT_FOUND',
];

const saysAbsent = (error: ChainError): boolean => ABSENCES.includes(error.code);

/** The state of one question on its way through the providers. */
interface Attempts {
  readonly untilMs: number;
  readonly notBeforeMs: Map<Provider, number>;
  failures: number;
  lastError: ChainError | undefined;
}

/**
 * Asks the most ready provider, and another where one fails. That something is absent is believed only when every
 * provider that can be asked now says so: the first may be behind. Other answers of a node are answers.
 */
export const createProviderPool = (pool: PoolOptions): AskPool => {
  return async (question, options = {}) => {
    const attempts: Attempts = {
      untilMs: pool.clock.nowMs() + pool.questionDeadlineMs,
      notBeforeMs: new Map(options.avoid?.map((provider) => [provider, Number.POSITIVE_INFINITY])),
      failures: 0,
      lastError: undefined,
    };
    for (;;) {
      throwIfAborted(options.signal);
      throwIfAborted(pool.closing);
      const provider = await nextProvider(pool, attempts, options);
      const outcome = await attempt(provider, question, options.signal);
      if ('value' in outcome) return outcome.value;
      noteFailure(pool, attempts, provider, outcome.error);
    }
  };
};

const attempt = async <T>(
  provider: Provider,
  question: Question<T>,
  signal: AbortSignal | undefined,
): Promise<{ readonly value: T } | { readonly error: ChainError }> => {
  try {
    await provider.verify(signal);
    const value = await question(provider, signal);
    // The answer may have come over a new connection, from another node: then this asks who that is.
    await provider.verify(signal);
    provider.succeeded();
    return { value };
  } catch (error) {
    if (!isChainError(error)) throw error;
    if (isProviderFault(error.code)) {
      provider.failed(error);
      return { error };
    }
    if (error.code !== 'ABORTED') provider.succeeded();
    if (saysAbsent(error)) return { error };
    throw error;
  }
};

const noteFailure = (pool: PoolOptions, attempts: Attempts, provider: Provider, error: ChainError): void => {
  if (saysAbsent(error)) {
    attempts.notBeforeMs.set(provider, Number.POSITIVE_INFINITY);
  } else {
    const waitMs = backOffMs(attempts.failures, RETRY_BASE_MS, RETRY_CAP_MS, pool.random);
    attempts.notBeforeMs.set(provider, pool.clock.nowMs() + waitMs);
    attempts.failures += 1;
  }
  // That one of several is not to be asked says nothing of the others: it is told only where all are like that.
  const isRefused = provider.refusal() !== undefined && !areAllRefused(pool);
  if (!isRefused && !saysMore(attempts.lastError)) attempts.lastError = error;
  if (attempts.failures >= pool.maxAttempts) throw giveUp(pool, attempts, Number.POSITIVE_INFINITY);
};

// That something is missing says more than that another node is down or leaves the method out.
const saysMore = (error: ChainError | undefined): boolean =>
  error !== undefined && saysAbsent(error) && error.code !== 'RPC_METHOD_NOT_FOUND';

const nextProvider = async (
  pool: PoolOptions,
  attempts: Attempts,
  options: AskOptions,
): Promise<Provider> => {
  const { clock } = pool;
  for (;;) {
    const readyAtMs = (provider: Provider): number =>
      Math.max(provider.readyAtMs(), attempts.notBeforeMs.get(provider) ?? 0);
    const provider = soonest(usable(pool.providers, attempts), readyAtMs, clock.nowMs(), options.prefer);
    const waitMs = provider ? readyAtMs(provider) - clock.nowMs() : Number.POSITIVE_INFINITY;
    if (provider && waitMs <= 0) return provider;
    // What is missing is not waited for here: the caller knows better when to ask again.
    const tooLong = clock.nowMs() + waitMs > attempts.untilMs;
    if (tooLong || (attempts.lastError && saysAbsent(attempts.lastError)))
      throw giveUp(pool, attempts, waitMs);
    const stopping = AbortSignal.any([pool.closing, ...(options.signal ? [options.signal] : [])]);
    await clock.sleep(waitMs, stopping);
    throwIfAborted(stopping);
  }
};

const usable = (providers: readonly Provider[], attempts: Attempts): readonly Provider[] =>
  providers.filter(
    (provider) =>
      provider.refusal() === undefined && attempts.notBeforeMs.get(provider) !== Number.POSITIVE_INFINITY,
  );

const soonest = (
  providers: readonly Provider[],
  readyAtMs: (provider: Provider) => number,
  nowMs: number,
  prefer: Provider | undefined,
): Provider | undefined => {
  if (prefer && providers.includes(prefer) && readyAtMs(prefer) <= nowMs) return prefer;
  let best: { readonly provider: Provider; readonly atMs: number } | undefined;
  for (const provider of providers) {
    const atMs = Math.max(nowMs, readyAtMs(provider));
    if (!best || atMs < best.atMs) best = { provider, atMs };
  }
  return best?.provider;
};

const areAllRefused = ({ providers }: PoolOptions): boolean =>
  providers.every((provider) => provider.refusal() !== undefined);

const giveUp = (pool: PoolOptions, attempts: Attempts, waitMs: number): ChainError => {
  const refusal = pool.providers.map((provider) => provider.refusal()).find((error) => error !== undefined);
  if (areAllRefused(pool) && refusal) return refusal;
  if (attempts.lastError) return attempts.lastError;
  return new ChainError('RPC_UNAVAILABLE', 'no provider can be asked now', {
    ...(Number.isFinite(waitMs) ? { retryAfterMs: waitMs } : {}),
  });
};
