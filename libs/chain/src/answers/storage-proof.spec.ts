import { describe, expect, it } from '@jest/globals';
import { toAddress, toFelt } from '#libs/felt';
import { readStorageProofAnswer } from './storage-proof.ts';

const BLOCK = toFelt(0xb10c);
const ADDRESS = toAddress(0xa1n);
const TOP = 1n << 250n;

/** A trie with two leaves: 5 at slot 3, 7 at the slot 2^250 + 1. */
const NODES = [
  { node_hash: '0x100', node: { left: '0x101', right: '0x102' } },
  { node_hash: '0x101', node: { path: '0x3', length: 250, child: '0x5' } },
  { node_hash: '0x102', node: { path: '0x1', length: 250, child: '0x7' } },
];

const LEAF = { nonce: '0x1', class_hash: '0xc1', storage_root: '0x100' };

const answerOf = (nodes: unknown = NODES, leaf: unknown = LEAF) => ({
  classes_proof: [],
  contracts_proof: { nodes: [], contract_leaves_data: [leaf] },
  contracts_storage_proofs: [nodes],
  global_roots: { contracts_tree_root: '0x1', classes_tree_root: '0x2', block_hash: '0xb10c' },
});

const read = (slots: readonly bigint[], answer: unknown = answerOf()) =>
  readStorageProofAnswer(answer, [{ address: ADDRESS, slots: slots.map(toFelt) }], BLOCK)[0];

describe('words out of a proof of storage', () => {
  it('are what the paths of their slots end in, with the class of the contract', () => {
    expect(read([3n, TOP + 1n])).toEqual({ classHash: 0xc1n, words: [5n, 7n] });
  });

  it('are 0 where an edge leads elsewhere, and where nothing is stored', () => {
    expect(read([4n, TOP + 2n])?.words).toEqual([0n, 0n]);
    const empty = { nonce: '0x0', class_hash: '0xc1', storage_root: '0x0' };
    expect(read([3n], answerOf([], empty))?.words).toEqual([0n]);
  });

  it.each([
    ['null', null],
    ['without a class', { nonce: '0x0', class_hash: '0x0', storage_root: '0x0' }],
  ])('are unknown of a contract that is %s', (_, leaf) => {
    expect(read([3n], answerOf([], leaf))).toEqual({ classHash: undefined, words: undefined });
  });

  it.each<[string, unknown, string]>([
    ['a gap', answerOf(NODES.slice(0, 1)), 'RPC_MALFORMED'],
    [
      'an edge without length',
      answerOf([{ node_hash: '0x100', node: { path: '0x0', length: 0, child: '0x5' } }]),
      'RPC_MALFORMED',
    ],
    [
      'an edge beyond the leaves',
      answerOf([NODES[0], { node_hash: '0x101', node: { path: '0x3', length: 251, child: '0x5' } }]),
      'RPC_MALFORMED',
    ],
    ['no root', answerOf(NODES, { nonce: '0x0', class_hash: '0xc1' }), 'RPC_MALFORMED'],
    ['fewer contracts', { ...answerOf(), contracts_storage_proofs: [] }, 'RPC_MALFORMED'],
    [
      'another block',
      { ...answerOf(), global_roots: { ...answerOf().global_roots, block_hash: '0xbad' } },
      'ANSWER_MISMATCH',
    ],
  ])('are not taken from an answer with %s', (_, answer, code) => {
    expect(() => read([3n], answer)).toThrow(expect.objectContaining({ code }));
  });

  it('are none of a contract that only the class of is asked for', () => {
    const answer = { ...answerOf(), contracts_storage_proofs: [] };
    expect(read([], answer)).toEqual({ classHash: 0xc1n, words: [] });
  });
});
