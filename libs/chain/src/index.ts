export * from './types.ts';
export * from './chain.error.ts';
export { systemClock, type Clock, type Random } from './clock.ts';
export type { HeadHint, HeadHints } from './heads/head-hints.ts';
export { createWebSocketHeadHints, type WebSocketHeadHintsOptions } from './heads/web-socket-head-hints.ts';
export type {
  HttpChainSourceOptions,
  ProviderCall,
  ProviderIncident,
  ProviderOptions,
} from './rpc/options.ts';
export type { Confirmation, HttpChainSource } from './rpc/block-questions.ts';
export { createHttpChainSource } from './rpc/http-chain-source.ts';
export type {
  ChainCursor,
  ChainStreamItem,
  FetchBlock,
  FollowBaseOptions,
  FollowerRetry,
  FollowOptions,
  HasHeader,
} from './follower/types.ts';
export { followChain } from './follower/follow-chain.ts';
