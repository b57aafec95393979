import { afterEach, describe, expect, it } from '@jest/globals';
import { toAddress, toFelt } from '#libs/felt';
import { type HttpHarness, startHttpHarness } from '../../testing/http-harness.ts';
import type { NodeAnswer } from '../../testing/scripted-node.ts';

const asked = [
  { address: toAddress(0xa1n), slots: [toFelt(3)] },
  { address: toAddress(0xa2n), slots: [] },
];
const leaf = { nonce: '0x0', class_hash: '0xc1', storage_root: '0x100' };
const proof = {
  classes_proof: [],
  contracts_proof: { nodes: [], contract_leaves_data: [leaf, leaf] },
  contracts_storage_proofs: [[{ node_hash: '0x100', node: { path: '0x3', length: 251, child: '0x5' } }]],
  global_roots: { contracts_tree_root: '0x1', classes_tree_root: '0x2', block_hash: '0xb1' },
};

describe('words of several contracts', () => {
  let harness: HttpHarness;
  afterEach(() => harness.close());

  const ask = async (answer: NodeAnswer) => {
    harness = await startHttpHarness();
    harness.nodes[0]!.script = ({ method }) => (method === 'starknet_getStorageProof' ? answer : undefined);
    return await harness.source.contractWords!(asked, toFelt(0xb1));
  };

  it('are asked for in one question, pinned by the hash of the block', async () => {
    expect(await ask({ result: proof })).toEqual([
      { classHash: 0xc1n, words: [5n] },
      { classHash: 0xc1n, words: [] },
    ]);
    expect(harness.nodes[0]!.requests.at(-1)!.params).toEqual({
      block_id: { block_hash: '0xb1' },
      contract_addresses: ['0xa1', '0xa2'],
      contracts_storage_keys: [{ contract_address: '0xa1', storage_keys: ['0x3'] }],
    });
    expect(harness.nodes[0]!.count('starknet_getStorageProof')).toBe(1);
  });

  it.each<[string, NodeAnswer]>([
    ['that keeps none', { error: { code: 42 } }],
    ['without the method', { error: { code: -32601 } }],
    ['that takes fewer at once', { error: { code: 10_000 } }],
    ['that answers something else', { result: { ...proof, contracts_proof: {} } }],
  ])('are not had of a node %s, and nothing is held against it', async (_, answer) => {
    await expect(ask(answer)).rejects.toMatchObject({ code: 'STORAGE_PROOF_UNAVAILABLE', retryable: false });
    expect(harness.incidents).toEqual([]);
  });

  it('are asked for again of a node that is away', async () => {
    await expect(ask({ status: 503, body: '' })).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' });
    expect(harness.nodes[0]!.count('starknet_getStorageProof')).toBeGreaterThan(1);
  });
});
