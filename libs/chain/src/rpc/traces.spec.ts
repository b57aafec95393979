import { describe, expect, it } from '@jest/globals';
import { toAddress, toFelt } from '#libs/felt';
import { traceAnswer } from '../../testing/answers.ts';
import { withHttpHarness } from '../../testing/http-harness.ts';
import type { NodeAnswer, ScriptedNode } from '../../testing/scripted-node.ts';

const start = withHttpHarness();

const answering = (node: ScriptedNode, method: string, answer: (params: object) => NodeAnswer): void => {
  node.script = (request) => (request.method === method ? answer(request.params) : undefined);
};
const traceOf = (node: ScriptedNode, answer: NodeAnswer): void => {
  answering(node, 'starknet_traceTransaction', () => answer);
};

describe('a trace', () => {
  it('is asked for by hash', async () => {
    const { nodes, source } = await start();
    traceOf(nodes[0]!, { result: traceAnswer() });
    expect(await source.traceTransaction(toFelt(0xaa))).toMatchObject({
      transactionHash: 0xaan,
      type: 'INVOKE',
    });
    expect(nodes[0]!.requests.at(-1)!.params).toEqual({ transaction_hash: '0xaa' });
  });

  it.each([
    [29, 'TRANSACTION_NOT_FOUND'],
    [10, 'TRACE_UNAVAILABLE'],
    [-32601, 'RPC_METHOD_NOT_FOUND'],
  ])('is read from another provider where one answers %i', async (code, expected) => {
    const { nodes, source, incidents } = await start(2);
    traceOf(nodes[0]!, { error: { code } });
    traceOf(nodes[1]!, { result: traceAnswer() });
    expect((await source.traceTransaction(toFelt(0xaa))).type).toBe('INVOKE');
    expect(incidents).toEqual([]);
    traceOf(nodes[1]!, { error: { code } });
    await expect(source.traceTransaction(toFelt(0xaa))).rejects.toMatchObject({ code: expected });
  });

  it('is not had where one node does not know it and the other has no such method', async () => {
    const { nodes, source } = await start(2);
    traceOf(nodes[0]!, { error: { code: -32601 } });
    traceOf(nodes[1]!, { error: { code: 29 } });
    await expect(source.traceTransaction(toFelt(0xaa))).rejects.toMatchObject({
      code: 'TRANSACTION_NOT_FOUND',
      retryable: true,
    });
  });
});

describe('a slot with the block of its last update', () => {
  const at = { blockNumber: 3 };
  const [address, slot] = [toAddress(0xan), toFelt(1)];
  const storage = (node: ScriptedNode, answer: (params: object) => NodeAnswer): void => {
    answering(node, 'starknet_getStorageAt', answer);
  };

  it('is asked for with the flag', async () => {
    const { nodes, source } = await start();
    storage(nodes[0]!, () => ({ result: { value: '0x5', last_update_block: 2 } }));
    expect(await source.storageWithUpdateBlock(address, slot, at)).toEqual({ value: 5n, lastUpdateBlock: 2 });
    expect(nodes[0]!.requests.at(-1)!.params).toMatchObject({
      response_flags: ['INCLUDE_LAST_UPDATE_BLOCK'],
    });
  });

  it.each<[string, (params: object) => NodeAnswer]>([
    ['refuse', (params) => ('response_flags' in params ? { error: { code: -32602 } } : { result: '0x5' })],
    ['ignore', () => ({ result: '0x5' })],
  ])('has no such block with nodes that %s the flag, and they are not asked again', async (_, answer) => {
    const { nodes, source, incidents } = await start();
    storage(nodes[0]!, answer);
    for (let time = 0; time < 2; time += 1) {
      expect(await source.storageWithUpdateBlock(address, slot, at)).toEqual({
        value: 5n,
        lastUpdateBlock: undefined,
      });
    }
    expect('response_flags' in nodes[0]!.requests.at(-1)!.params).toBe(false);
    expect(incidents).toMatchObject([{ kind: 'LIMIT_LEARNT', message: '{"lastUpdateBlock":false}' }]);
  });

  it('says what is wrong where the parameters are refused without the flag too', async () => {
    const { nodes, source, incidents } = await start();
    storage(nodes[0]!, () => ({ error: { code: -32602 } }));
    await expect(source.storageWithUpdateBlock(address, slot, at)).rejects.toMatchObject({
      code: 'RPC_INVALID_PARAMS',
    });
    expect(incidents).toEqual([]);
  });
});
