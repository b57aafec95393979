export type ChainErrorCode =
  // The node could not be asked, or its answer not be used. Another try or provider may do.
  | 'RPC_UNAVAILABLE'
  | 'RPC_TIMEOUT'
  | 'RPC_RATE_LIMITED'
  | 'RPC_MALFORMED'
  | 'RPC_UNAUTHORIZED'
  | 'ANSWER_MISMATCH'
  | 'INCOMPLETE_EVENTS'
  | 'CHAIN_MOVED'
  | 'ABORTED'
  // The node answered: no.
  | 'BLOCK_NOT_FOUND'
  | 'CONTRACT_NOT_FOUND'
  | 'ENTRYPOINT_NOT_FOUND'
  | 'CLASS_NOT_FOUND'
  | 'TRANSACTION_NOT_FOUND'
  | 'TRACE_UNAVAILABLE'
  | 'INDEX_OUT_OF_RANGE'
  | 'PAGE_SIZE_TOO_BIG'
  | 'CONTINUATION_TOKEN_INVALID'
  | 'TOO_MANY_KEYS'
  | 'CONTRACT_ERROR'
  | 'STORAGE_PROOF_UNAVAILABLE'
  | 'RPC_METHOD_NOT_FOUND'
  | 'RPC_INVALID_PARAMS'
  | 'RPC_ERROR'
  // Needs a person.
  | 'RPC_VERSION_UNSUPPORTED'
  | 'WRONG_NETWORK'
  | 'FINALITY_VIOLATION'
  | 'PROVIDERS_DISAGREE'
  | 'PROVIDER_URL_INVALID';

export interface ChainErrorOptions extends ErrorOptions {
  readonly retryable?: boolean;
  /** How long the provider asked us to stay away. */
  readonly retryAfterMs?: number;
  /** The JSON-RPC error code, where there was one. */
  readonly rpcCode?: number;
  /** What the node added to its error: for CONTRACT_ERROR the revert reason. */
  readonly rpcData?: unknown;
}

const RETRYABLE: ReadonlySet<ChainErrorCode> = new Set<ChainErrorCode>([
  'RPC_UNAVAILABLE',
  'RPC_TIMEOUT',
  'RPC_RATE_LIMITED',
  'RPC_MALFORMED',
  'ANSWER_MISMATCH',
  'INCOMPLETE_EVENTS',
  'CHAIN_MOVED',
  'BLOCK_NOT_FOUND',
  'TRANSACTION_NOT_FOUND',
  'CONTINUATION_TOKEN_INVALID',
]);

/** Messages never hold a provider's URL: it contains the key. */
export class ChainError extends Error {
  override readonly name = 'ChainError';
  readonly code: ChainErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly rpcCode: number | undefined;
  readonly rpcData: unknown;

  constructor(code: ChainErrorCode, message: string, options: ChainErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    this.retryAfterMs = options.retryAfterMs;
    this.rpcCode = options.rpcCode;
    this.rpcData = options.rpcData;
  }
}

export const isChainError = (error: unknown, ...codes: readonly ChainErrorCode[]): error is ChainError =>
  error instanceof ChainError && (codes.length === 0 || codes.includes(error.code));
