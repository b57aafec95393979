export * from './with-database.ts';
export * from './index-rows.builder.ts';
export * from './scripted-chain.ts';
export { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
export * from './chain/chain-driver.ts';
export * from './chain/devnet-process.ts';
export * from './chain/node-rpc.ts';
export * from './chain-actor.ts';
export * from './indexed-sandbox.ts';
