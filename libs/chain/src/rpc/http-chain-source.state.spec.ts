import { describe, expect, it } from '@jest/globals';
import { type Address, feltToHex, toAddress, toClassHash, toFelt } from '#libs/felt';
import { blockAnswer, invokeAnswer, stateUpdateAnswer } from '../../testing/answers.ts';
import { withHttpHarness } from '../../testing/http-harness.ts';
import { always, failureOf, once } from '../../testing/node-scripts.ts';

const start = withHttpHarness();

describe('questions about state', () => {
  const [a, b] = [toAddress(0xan), toAddress(0xbn)] as [Address, Address];
  const hash = toFelt(0x99);

  it('asks for the state update of the addresses only', async () => {
    const { nodes, source } = await start();
    nodes[0]!.script = once([{ result: stateUpdateAnswer(hash) }]);
    const update = await source.stateUpdate(hash, [a]);
    expect([...update.storageDiffs.keys()]).toEqual([a]);
    expect(nodes[0]!.requests.at(-1)!.params).toEqual({
      block_id: { block_hash: '0x99' },
      contract_addresses: ['0xa'],
    });
    expect((await source.stateUpdate(hash, [])).storageDiffs.size).toBe(0);
    expect(nodes[0]!.count('starknet_getStateUpdate')).toBe(1);
  });

  it('filters itself where the node cannot, and does not try again', async () => {
    const { nodes, source, incidents } = await start();
    nodes[0]!.script = ({ method, params }) => {
      if (method !== 'starknet_getStateUpdate') return undefined;
      return 'contract_addresses' in params
        ? { error: { code: -32602, message: 'unknown field `contract_addresses`' } }
        : { result: stateUpdateAnswer(hash) };
    };
    for (const wanted of [a, b]) {
      expect([...(await source.stateUpdate(hash, [wanted])).storageDiffs.keys()]).toEqual([wanted]);
    }
    expect(nodes[0]!.count('starknet_getStateUpdate')).toBe(3);
    expect(incidents).toMatchObject([{ kind: 'LIMIT_LEARNT', message: '{"stateUpdateFilter":false}' }]);
  });

  it('filters itself where the list of addresses would be longer than the answer', async () => {
    const { nodes, source } = await start();
    nodes[0]!.script = once([{ result: stateUpdateAnswer(hash) }]);
    const many = Array.from({ length: 600 }, (_, index) => toAddress(BigInt(index) + 0xbn));
    expect([...(await source.stateUpdate(hash, many)).storageDiffs.keys()]).toEqual([b]);
    expect('contract_addresses' in nodes[0]!.requests.at(-1)!.params).toBe(false);
  });

  it('reads storage, nonces, calls, classes and ABIs', async () => {
    const { nodes, source } = await start();
    const at = { blockNumber: 3 };
    nodes[0]!.script = once([
      { result: '0x5' },
      { result: '0x6' },
      { result: ['0x1', '0x2'] },
      { result: '0xc1' },
      { error: { code: 20 } },
      { result: { abi: '[{"type":"function"}]' } },
      { result: { abi: [{ type: 'event' }] } },
      { result: {} },
    ]);
    expect(await source.storageAt(a, toFelt(1), at)).toBe(5n);
    expect(await source.nonceAt(a, at)).toBe(6n);
    expect(await source.call(a, toFelt(7), [toFelt(8)], 'latest')).toEqual([1n, 2n]);
    expect(nodes[0]!.requests.at(-1)!.params).toEqual({
      block_id: 'latest',
      request: { contract_address: '0xa', entry_point_selector: '0x7', calldata: ['0x8'] },
    });
    expect(await source.classHashAt(a, at)).toBe(0xc1n);
    expect(await source.classHashAt(b, at)).toBeUndefined();
    expect(await source.classAbi(toClassHash(1n), at)).toEqual([{ type: 'function' }]);
    expect(await source.classAbi(toClassHash(1n), at)).toEqual([{ type: 'event' }]);
    expect(await source.classAbi(toClassHash(1n), at)).toBeUndefined();
  });

  it('takes an ABI that is no JSON as the text it is, not as a fault of the provider', async () => {
    const { nodes, source, incidents } = await start();
    nodes[0]!.script = once([{ result: { abi: '{not json' } }, { result: { abi: 7 } }]);
    expect(await source.classAbi(toClassHash(1n), { blockNumber: 3 })).toBe('{not json');
    expect(await source.classAbi(toClassHash(1n), { blockNumber: 3 })).toBe(7);
    expect(incidents).toEqual([]);
  });

  it.each([
    [20, 'CONTRACT_NOT_FOUND'],
    [21, 'ENTRYPOINT_NOT_FOUND'],
    [40, 'CONTRACT_ERROR'],
  ])('takes error %i as the answer, not as a fault of the provider', async (rpcCode, code) => {
    const { nodes, source, incidents } = await start(2);
    nodes[0]!.script = always({ error: { code: rpcCode, data: { why: 'so' } } });
    const error = await failureOf(source.call(a, toFelt(1), [], 'latest'));
    expect(error).toMatchObject({ code, retryable: false, rpcCode, rpcData: { why: 'so' } });
    expect([nodes[1]!.requests.length, incidents.length]).toEqual([0, 0]);
  });

  it('reads a block with receipts, and reads it elsewhere where events are missing', async () => {
    const { nodes, source, incidents } = await start(2);
    const header = nodes[0]!.blocks[3]!;
    nodes[0]!.script = once([{ result: blockAnswer(header, [invokeAnswer()], { event_count: 9 }) }]);
    nodes[1]!.script = once([{ result: blockAnswer(header, [invokeAnswer()], { event_count: 1 }) }]);
    const block = await source.block({ blockHash: header.blockHash });
    expect(block.transactions).toHaveLength(1);
    expect(block.answerBytes).toBeGreaterThan(500);
    expect(nodes[0]!.requests.at(-1)!.params).toEqual({
      block_id: { block_hash: feltToHex(header.blockHash) },
    });
    expect(incidents).toMatchObject([{ provider: 'node 0', code: 'ANSWER_MISMATCH' }]);
  });
});
