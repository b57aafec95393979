import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type ListeningSandbox, type Sandbox } from '../index.ts';

describe('the JSON-RPC server', () => {
  let sandbox: Sandbox;
  let server: ListeningSandbox;
  beforeAll(async () => {
    sandbox = createSandbox({ accounts: 0 });
    server = await sandbox.listen({ port: 0 });
  });
  afterAll(() => sandbox.close());

  const post = async (body: string, path = '/rpc', type = 'application/json'): Promise<unknown> => {
    const url = server.url.replace('/rpc', path);
    return (await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })).json();
  };
  const call = (method: string, params: unknown = {}, id: unknown = 1) =>
    JSON.stringify({ jsonrpc: '2.0', id, method, params });

  it.each(['/', '/rpc'])('answers on %s', async (path) => {
    expect(await post(call('starknet_specVersion'), path)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: '0.10.2',
    });
  });

  it('answers a batch in order, errors among the results', async () => {
    const body = `[${call('starknet_chainId')},${call('foo', {}, 'two')}]`;
    expect(await post(body)).toEqual([
      { jsonrpc: '2.0', id: 1, result: '0x534e5f5345504f4c4941' },
      { jsonrpc: '2.0', id: 'two', error: { code: -32601, message: 'Method not found' } },
    ]);
  });

  it('takes parameters by position as well as by name', async () => {
    const [byName, byPosition] = await Promise.all([
      post(call('starknet_getBlockWithTxHashes', { block_id: 'latest' })),
      post(call('starknet_getBlockWithTxHashes', ['latest'])),
    ]);
    expect(byPosition).toEqual(byName);
  });

  it.each([
    ['no JSON', 'not json', -32700, 'Parse error'],
    ['an empty batch', '[]', -32600, 'Invalid request'],
    ['a call without an id', '{"jsonrpc":"2.0","method":"starknet_chainId"}', -32600, 'Invalid request'],
    ['a missing parameter', call('starknet_getBlockWithTxs'), -32602, 'missing field `block_id`'],
    [
      'an unknown parameter',
      call('starknet_getNonce', { block_id: 'latest', x: 1 }),
      -32602,
      'unknown field `x`, expected `block_id` or `contract_address`',
    ],
    [
      'an address without 0x',
      call('starknet_getNonce', { block_id: 'latest', contract_address: '12' }),
      -32602,
      '',
    ],
    ['no contract', call('starknet_getNonce', ['latest', '0x77']), 20, 'Contract not found'],
    [
      'a block beyond the head',
      call('starknet_getStateUpdate', [{ block_number: 9 }]),
      24,
      'Block not found',
    ],
    [
      'a storage proof',
      call('starknet_getStorageProof', ['latest']),
      42,
      "Devnet doesn't support storage proofs",
    ],
  ])('refuses %s', async (_, body, code, message) => {
    const answer = (await post(body)) as { error: { code: number; message: string } };
    expect(answer.error.code).toBe(code);
    if (message !== '') expect(answer.error.message).toBe(message);
  });

  it('refuses a body that does not say it is JSON', async () => {
    expect(await post(call('starknet_chainId'), '/rpc', 'text/plain')).toMatchObject({
      error: { code: -32600, data: { reason: 'Missing content type' } },
    });
  });

  it('fails with LISTEN_FAILED where the port is taken', async () => {
    await expect(sandbox.listen({ port: server.port })).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
  });
});
