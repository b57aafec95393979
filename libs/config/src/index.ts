export * from './config.error.ts';
export * from './loopback.ts';
export * from './mask.ts';
export type { NetworkSettings, WatchedAccount } from './networks.ts';
export * from './reference.ts';
export * from './settings.ts';
