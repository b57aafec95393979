import type { ChainErrorCode } from '../chain.error.ts';
import type { Clock, Random } from '../clock.ts';
import type { NetworkIdentity } from '../types.ts';

export interface ProviderOptions {
  readonly url: string;
  /** Shown instead of the masked URL. */
  readonly label?: string;
  /** Default: no limit. */
  readonly callsPerSecond?: number;
  /** Default 32. */
  readonly maxConnections?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something worth a metric or a log line; the source carries on. `provider` is masked. */
export interface ProviderIncident {
  readonly kind: 'CALL_FAILED' | 'PAUSED' | 'CIRCUIT_OPENED' | 'REFUSED' | 'LIMIT_LEARNT';
  readonly provider: string;
  readonly code: ChainErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** One exchange with a node that came to an end. */
export interface ProviderCall {
  /** Place in `providers`, from 0. */
  readonly provider: number;
  readonly method: string;
  /** error: the node failed. That it does not have what was asked for is an answer. */
  readonly outcome: 'ok' | 'error';
}

export interface HttpChainSourceOptions {
  /** In order of preference. All of one network. */
  readonly providers: readonly ProviderOptions[];
  /** Absent: the first provider that answers decides, and the others must agree. */
  readonly expectedNetwork?: NetworkIdentity;
  /** One HTTP exchange. Default 15000. */
  readonly callDeadlineMs?: number;
  /** One question, over all tries and providers. Default 60000. */
  readonly questionDeadlineMs?: number;
  /** Default 6. */
  readonly maxAttempts?: number;
  /** Default 64 MiB. */
  readonly maxAnswerBytes?: number;
  /** Events asked for per page, before what a provider taught us. Default 1000. */
  readonly eventChunkSize?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly onIncident?: (incident: ProviderIncident) => void;
  /** Told of each exchange, for metrics; not of those that were broken off because nobody waited any more. */
  readonly onCall?: (call: ProviderCall) => void;
}
