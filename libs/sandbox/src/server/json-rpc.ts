import { toRpcError } from '../rpc/dispatcher.ts';
import { isJsonObject, type Json, type JsonObject } from '../rpc/json.ts';
import { type RpcError, rpcErrors } from '../rpc/rpc.error.ts';

export interface RpcCall {
  readonly id: string | number | null;
  readonly method: string;
  readonly params: Json | undefined;
}

/** One call out of a request body; nothing for what is no call. A call must have an id. */
export const readCall = (value: Json): RpcCall | undefined => {
  if (!isJsonObject(value)) return undefined;
  const { jsonrpc, id, method, params } = value;
  const isVersion = jsonrpc === '2.0' || jsonrpc === '1.0';
  const isId = typeof id === 'string' || id === null || (typeof id === 'number' && Number.isInteger(id));
  const isParams = params === undefined || params === null || Array.isArray(params) || isJsonObject(params);
  return isVersion && isId && isParams && typeof method === 'string' ? { id, method, params } : undefined;
};

/** Answers a body: a call, or a batch of them. Nothing to say is an invalid request, as on devnet. */
export const answerBody = (body: string, run: (call: RpcCall) => Json): Json => {
  const parsed = parse(body);
  if (!parsed.ok) return errorAnswer(null, parsed.error);
  if (!Array.isArray(parsed.value)) return answerOne(parsed.value, run);
  const answers = parsed.value.map((item: Json) => answerOne(item, run));
  return answers.length === 0 ? errorAnswer(null, rpcErrors.invalidRequest()) : answers;
};

const answerOne = (value: Json, run: (call: RpcCall) => Json): JsonObject => {
  const call = readCall(value);
  if (!call) return errorAnswer(null, rpcErrors.invalidRequest());
  try {
    return resultAnswer(call.id, run(call));
  } catch (error) {
    return errorAnswer(call.id, toRpcError(error));
  }
};

export const resultAnswer = (id: RpcCall['id'], result: Json): JsonObject => ({ jsonrpc: '2.0', id, result });

export const errorAnswer = (id: RpcCall['id'], error: RpcError): JsonObject => ({
  jsonrpc: '2.0',
  id,
  error: error.toJson(),
});

export const parse = (body: string): { ok: true; value: Json } | { ok: false; error: RpcError } => {
  try {
    return { ok: true, value: JSON.parse(body) as Json };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not JSON';
    return { ok: false, error: rpcErrors.parse(`Failed to parse the request body as JSON: ${reason}`) };
  }
};
