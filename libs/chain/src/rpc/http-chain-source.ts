import { type Felt, feltToHex } from '#libs/felt';
import { readHeaderAnswer } from '../answers/header.ts';
import { readTraceAnswer } from '../answers/trace.ts';
import { ChainError, isChainError } from '../chain.error.ts';
import { systemClock } from '../clock.ts';
import type {
  BlockHeader,
  BlockRef,
  CallOptions,
  ChainSource,
  EventWitness,
  TransactionTrace,
} from '../types.ts';
import { blockId } from './block-id.ts';
import { createBlockQuestions, type HttpChainSource } from './block-questions.ts';
import { scanEvents } from './event-scan.ts';
import type { NetworkConsensus } from './network-check.ts';
import type { HttpChainSourceOptions } from './options.ts';
import { createProofQuestions } from './proof-questions.ts';
import { createProvider, type Provider } from './provider.ts';
import { type AskPool, createProviderPool } from './provider-pool.ts';
import { createStateQuestions } from './state-questions.ts';

const DEFAULTS = {
  callDeadlineMs: 15_000,
  questionDeadlineMs: 60_000,
  maxAttempts: 6,
  maxAnswerBytes: 64 * 1024 * 1024,
  eventChunkSize: 1000,
} as const;

/**
 * A chain as several JSON-RPC nodes of one network tell it. Connects at the first question, not here.
 * @throws ChainError PROVIDER_URL_INVALID
 */
export const createHttpChainSource = (options: HttpChainSourceOptions): HttpChainSource => {
  if (options.providers.length === 0) throw new ChainError('PROVIDER_URL_INVALID', 'no provider is given');
  const consensus: NetworkConsensus = { identity: options.expectedNetwork };
  const providers = createProviders(options, consensus);
  const closing = new AbortController();
  const ask = createProviderPool({
    providers,
    closing: closing.signal,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    maxAttempts: options.maxAttempts ?? DEFAULTS.maxAttempts,
    questionDeadlineMs: options.questionDeadlineMs ?? DEFAULTS.questionDeadlineMs,
  });
  return {
    ...createHeaderQuestions(ask),
    ...createBlockQuestions(ask),
    ...createStateQuestions(ask),
    ...createProofQuestions(ask),
    network: async (call) => {
      // Any question brings the check with it.
      await ask((provider, signal) => provider.verify(signal), { signal: call?.signal });
      if (!consensus.identity) throw new ChainError('RPC_UNAVAILABLE', 'the network is not known yet');
      return consensus.identity;
    },
    traceTransaction: (transactionHash, call) =>
      ask((provider, signal) => askTrace(provider, transactionHash, signal), { signal: call?.signal }),
    events: (query, call) => scanEvents(ask, query, call),
    witnesses: () => providers.map((provider) => witnessOf(ask, provider, providers)),
    close: async () => {
      closing.abort();
      await Promise.all(providers.map((provider) => provider.close()));
    },
  };
};

const askTrace = async (
  provider: Provider,
  transactionHash: Felt,
  signal: AbortSignal | undefined,
): Promise<TransactionTrace> => {
  const params = { transaction_hash: feltToHex(transactionHash) };
  const answer = await provider.ask('starknet_traceTransaction', params, signal);
  return readTraceAnswer(answer.result, transactionHash);
};

const witnessOf = (ask: AskPool, provider: Provider, all: readonly Provider[]): EventWitness => {
  const avoid = all.filter((other) => other !== provider);
  const askIt: AskPool = (question, options) => ask(question, { ...options, avoid });
  return { events: (query, call) => scanEvents(askIt, query, call) };
};

const createProviders = (options: HttpChainSourceOptions, consensus: NetworkConsensus): Provider[] =>
  options.providers.map((provider, index) =>
    createProvider(provider, {
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      callDeadlineMs: options.callDeadlineMs ?? DEFAULTS.callDeadlineMs,
      maxAnswerBytes: options.maxAnswerBytes ?? DEFAULTS.maxAnswerBytes,
      eventChunkSize: options.eventChunkSize ?? DEFAULTS.eventChunkSize,
      consensus,
      report: (incident) => options.onIncident?.(incident),
      count: (method, outcome) => options.onCall?.({ provider: index, method, outcome }),
    }),
  );

const createHeaderQuestions = (ask: AskPool): Pick<ChainSource, 'head' | 'header' | 'l1AcceptedHead'> => {
  const header = (ref: BlockRef, options?: CallOptions): Promise<BlockHeader> =>
    ask(
      async (provider, signal) => {
        const answer = await provider.ask(
          'starknet_getBlockWithTxHashes',
          { block_id: blockId(ref) },
          signal,
        );
        return readHeaderAnswer(answer.result, ref);
      },
      { signal: options?.signal },
    );
  const l1AcceptedHead = async (options?: CallOptions): Promise<BlockHeader | undefined> => {
    try {
      return await header('l1_accepted', options);
    } catch (error) {
      if (isChainError(error, 'BLOCK_NOT_FOUND')) return undefined;
      throw error;
    }
  };
  return { head: (options) => header('latest', options), header, l1AcceptedHead };
};
