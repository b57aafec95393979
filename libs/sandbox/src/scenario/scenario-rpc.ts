import type { Json } from '../rpc/json.ts';
import { RpcError } from '../rpc/rpc.error.ts';
import { SandboxError } from '../sandbox.error.ts';

/** How the scenario talks to its chain: as any client, by JSON-RPC. */
export interface ScenarioRpc {
  /** @throws RpcError as the node answers. */
  request(method: string, params: Json): Promise<Json>;
}

/** Over HTTP. Only for the loopback address that the sandbox listens on. */
export const httpScenarioRpc = (url: string): ScenarioRpc => {
  let lastId = 0;
  return {
    request: async (method, params) => {
      lastId += 1;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params }),
      });
      return readAnswer(await response.text());
    },
  };
};

interface Answer {
  readonly result?: Json;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Json };
}

const readAnswer = (body: string): Json => {
  const answer = JSON.parse(body) as Answer;
  if (answer.error) throw new RpcError(answer.error.code, answer.error.message, answer.error.data);
  if (answer.result === undefined) throw new SandboxError('SCENARIO_FAILED', 'the node gave no answer');
  return answer.result;
};
