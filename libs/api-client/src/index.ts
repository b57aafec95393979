export { present } from './answer.ts';
export { type ClientOptions, createPurserClient, type PurserClient } from './client.ts';
export { type ClientErrorCode, PurserApiError } from './client.error.ts';
export type { Operation } from './operation.ts';
export { pagesOf, rowsOf } from './pages.ts';
export type { SubscribeOptions } from './subscribe.ts';
export * from './generated/operations.ts';
