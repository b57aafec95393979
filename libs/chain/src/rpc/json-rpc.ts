import { asObject, type JsonObject, malformed } from '../answers/fields.ts';
import { ChainError, type ChainErrorCode } from '../chain.error.ts';

export type RpcParams = Readonly<Record<string, unknown>>;

export const encodeRequest = (id: number, method: string, params: RpcParams): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

/** The error object of an answer, mapped. */
const CODES = new Map<number, ChainErrorCode>([
  [10, 'TRACE_UNAVAILABLE'],
  [20, 'CONTRACT_NOT_FOUND'],
  [21, 'ENTRYPOINT_NOT_FOUND'],
  [24, 'BLOCK_NOT_FOUND'],
  [27, 'INDEX_OUT_OF_RANGE'],
  [28, 'CLASS_NOT_FOUND'],
  [29, 'TRANSACTION_NOT_FOUND'],
  [31, 'PAGE_SIZE_TOO_BIG'],
  [33, 'CONTINUATION_TOKEN_INVALID'],
  [34, 'TOO_MANY_KEYS'],
  [40, 'CONTRACT_ERROR'],
  [41, 'CONTRACT_ERROR'],
  [42, 'STORAGE_PROOF_UNAVAILABLE'],
  [63, 'RPC_UNAVAILABLE'],
  [429, 'RPC_RATE_LIMITED'],
  [-32005, 'RPC_RATE_LIMITED'],
  [-32601, 'RPC_METHOD_NOT_FOUND'],
  [-32602, 'RPC_INVALID_PARAMS'],
  [-32603, 'RPC_UNAVAILABLE'],
]);

/**
 * The result of an answer to the request of that id.
 * @throws ChainError RPC_MALFORMED for anything that is not a whole JSON-RPC answer to it; else what the node says.
 */
export const decodeAnswer = (body: string, id: number): unknown => {
  const answer = asObject(parseJson(body), 'answer');
  if (answer['error'] !== undefined && answer['error'] !== null) {
    // A node that could not read the request cannot know its id.
    if (answer['id'] !== id && answer['id'] !== null) throw malformed('the answer is to another request');
    throw errorOf(asObject(answer['error'], 'error'));
  }
  if (answer['id'] !== id) throw malformed('the answer is to another request');
  if (answer['result'] === undefined) throw malformed('neither result nor error in the answer');
  return answer['result'];
};

const errorOf = (raw: JsonObject): ChainError => {
  const rpcCode = raw['code'];
  if (typeof rpcCode !== 'number') throw malformed('an error without a code');
  const message = typeof raw['message'] === 'string' ? raw['message'].slice(0, 300) : 'no message';
  const code = CODES.get(rpcCode) ?? otherCode(rpcCode);
  return new ChainError(code, `the node answered ${rpcCode}: ${message}`, { rpcCode, rpcData: raw['data'] });
};

// -32000 to -32099 are the server's own: overload, time-outs, a broken back end.
const otherCode = (rpcCode: number): ChainErrorCode =>
  rpcCode <= -32000 && rpcCode >= -32099 ? 'RPC_UNAVAILABLE' : 'RPC_ERROR';

// Neither the text nor the parser's message (which quotes it) is kept: an error page may echo the URL with its key.
const parseJson = (body: string): unknown => {
  if (body.trim() === '') throw malformed('an empty answer');
  try {
    return JSON.parse(body);
  } catch {
    throw malformed(/^\s*</.test(body) ? 'a page of HTML or XML instead of JSON' : 'cut off or not JSON');
  }
};
