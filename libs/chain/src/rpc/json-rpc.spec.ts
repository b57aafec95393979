import { describe, expect, it } from '@jest/globals';
import { ChainError } from '../chain.error.ts';
import { decodeAnswer, encodeRequest } from './json-rpc.ts';

const errorOf = (body: string): ChainError => {
  try {
    decodeAnswer(body, 7);
  } catch (error) {
    if (error instanceof ChainError) return error;
  }
  throw new Error('no ChainError');
};
const answer = (fields: object): string => JSON.stringify({ jsonrpc: '2.0', id: 7, ...fields });
const refusal = (code: number, extra: object = {}): string =>
  answer({ error: { code, message: 'm', ...extra } });

describe('JSON-RPC', () => {
  it('asks by name and takes the result of the same id', () => {
    expect(JSON.parse(encodeRequest(7, 'starknet_chainId', { a: 1 }))).toEqual({
      jsonrpc: '2.0',
      id: 7,
      method: 'starknet_chainId',
      params: { a: 1 },
    });
    expect(decodeAnswer(answer({ result: 'x' }), 7)).toBe('x');
    expect(decodeAnswer(answer({ result: null, error: null }), 7)).toBeNull();
  });

  it.each([
    ['empty', ''],
    ['blank', ' \n'],
    ['HTML', '<!doctype html><html>/v2/SECRETKEY</html>'],
    ['cut off', answer({ result: 'x' }).slice(0, -2)],
    ['not an object', '[1]'],
    ['a list of answers', `[${answer({ result: 1 })}]`],
    ['of another id', JSON.stringify({ jsonrpc: '2.0', id: 8, result: 'x' })],
    ['of a text id', JSON.stringify({ jsonrpc: '2.0', id: '7', result: 'x' })],
    ['without id', JSON.stringify({ jsonrpc: '2.0', result: 'x' })],
    ['without result', answer({})],
    ['an error to another id', JSON.stringify({ id: 9, error: { code: 24, message: 'm' } })],
    ['an error without a code', answer({ error: { message: 'm' } })],
  ])('calls an answer that is %s malformed, and quotes nothing of it', (_, body) => {
    const error = errorOf(body);
    expect(error).toMatchObject({ code: 'RPC_MALFORMED', retryable: true });
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain('SECRETKEY');
  });

  it.each([
    [20, 'CONTRACT_NOT_FOUND', false],
    [21, 'ENTRYPOINT_NOT_FOUND', false],
    [24, 'BLOCK_NOT_FOUND', true],
    [28, 'CLASS_NOT_FOUND', false],
    [29, 'TRANSACTION_NOT_FOUND', true],
    [31, 'PAGE_SIZE_TOO_BIG', false],
    [33, 'CONTINUATION_TOKEN_INVALID', true],
    [34, 'TOO_MANY_KEYS', false],
    [40, 'CONTRACT_ERROR', false],
    [41, 'CONTRACT_ERROR', false],
    [42, 'STORAGE_PROOF_UNAVAILABLE', false],
    [-32601, 'RPC_METHOD_NOT_FOUND', false],
    [-32602, 'RPC_INVALID_PARAMS', false],
    [-32603, 'RPC_UNAVAILABLE', true],
    [-32005, 'RPC_RATE_LIMITED', true],
    [-32000, 'RPC_UNAVAILABLE', true],
    [1234, 'RPC_ERROR', false],
  ])('maps %i to %s', (rpcCode, code, retryable) => {
    expect(errorOf(refusal(rpcCode))).toMatchObject({ code, retryable, rpcCode });
  });

  it('keeps the data of an error', () => {
    expect(errorOf(refusal(40, { data: { revert_error: 'x' } })).rpcData).toEqual({ revert_error: 'x' });
  });

  it('takes an error with a null id as one to its request', () => {
    expect(errorOf(JSON.stringify({ id: null, error: { code: -32700, message: 'm' } })).code).toBe(
      'RPC_ERROR',
    );
  });
});
