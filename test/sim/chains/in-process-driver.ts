import { RpcError, type Sandbox } from '#libs/sandbox';
import { type ChainDriver, createChainDriver } from '../../../libs/testing/src/chain/chain-driver.ts';
import {
  type Json,
  type NodeRpc,
  NodeRpcError,
  type RpcAnswer,
} from '../../../libs/testing/src/chain/node-rpc.ts';

/** Drives a sandbox without a socket. Setting the time builds no block of its own here. */
export const createInProcessDriver = (sandbox: Sandbox): ChainDriver => {
  const driver = createChainDriver(inProcessRpc(sandbox));
  return {
    ...driver,
    setTime: async (time) => {
      await driver.rpc.request('devnet_setTime', { time, generate_block: false });
    },
  };
};

const inProcessRpc = (sandbox: Sandbox): NodeRpc => {
  const ask = (method: string, params: Json = {}): RpcAnswer => {
    try {
      return { result: sandbox.request(method, params) as Json };
    } catch (error) {
      if (error instanceof RpcError) return { error: error.toJson() as never };
      throw error;
    }
  };
  return {
    name: 'sandbox',
    url: 'in-process:',
    ask: (method, params) => Promise.resolve(ask(method, params)),
    askAll: (questions) => Promise.resolve(questions.map(({ method, params }) => ask(method, params))),
    request: <T>(method: string, params?: Json) => {
      const answer = ask(method, params);
      if ('error' in answer) return Promise.reject(new NodeRpcError('sandbox', method, answer.error));
      return Promise.resolve(answer.result as T);
    },
  };
};
