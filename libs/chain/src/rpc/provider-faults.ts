import type { ChainErrorCode } from '../chain.error.ts';

const PROVIDER_FAULTS: readonly ChainErrorCode[] = [
  'RPC_UNAVAILABLE',
  'RPC_TIMEOUT',
  'RPC_RATE_LIMITED',
  'RPC_MALFORMED',
  'RPC_UNAUTHORIZED',
  'ANSWER_MISMATCH',
  'WRONG_NETWORK',
  'RPC_VERSION_UNSUPPORTED',
];

/** Whether the provider failed us. That something is not there, for instance, is an answer like any other. */
export const isProviderFault = (code: ChainErrorCode): boolean => PROVIDER_FAULTS.includes(code);
