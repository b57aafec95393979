import { type ClassHash, type Felt, toFelt } from '#libs/felt';
import type { ContractQuestion, ContractWords } from '../types.ts';
import {
  arrayField,
  asFelt,
  asObject,
  feltField,
  type JsonObject,
  malformed,
  naturalField,
} from './fields.ts';
import { mismatch } from './header.ts';

/** A node of a Merkle-Patricia trie, as it stands in a proof. */
type TrieNode =
  | { readonly left: bigint; readonly right: bigint }
  | { readonly path: bigint; readonly length: number; readonly child: bigint };

const HEIGHT = 251;
const ZERO = toFelt(0);

/**
 * Reads an answer of starknet_getStorageProof: of each contract its class and the words asked for. The paths are followed
 * from the root of each contract's storage, so an answer that leaves something out is refused; that the hashes are true
 * is not checked, a node is believed as it is with a single word. @throws ChainError RPC_MALFORMED, ANSWER_MISMATCH
 */
export const readStorageProofAnswer = (
  answer: unknown,
  asked: readonly ContractQuestion[],
  blockHash: Felt,
): ContractWords[] => {
  const raw = asObject(answer, 'storage proof');
  if (feltField(asObject(raw['global_roots'], 'global_roots'), 'block_hash') !== blockHash)
    throw mismatch('a storage proof of another block');
  const leaves = arrayField(asObject(raw['contracts_proof'], 'contracts_proof'), 'contract_leaves_data');
  const proofs = arrayField(raw, 'contracts_storage_proofs');
  const withSlots = asked.filter(({ slots }) => slots.length > 0);
  if (leaves.length !== asked.length || proofs.length !== withSlots.length)
    throw malformed('a storage proof of other contracts than asked for');
  const proofOf = new Map(withSlots.map((question, index) => [question, proofs[index]]));
  return asked.map((question, index) => readContract(question, leaves[index], proofOf.get(question)));
};

const readContract = ({ slots }: ContractQuestion, leaf: unknown, proof: unknown): ContractWords => {
  // Nodes differ in what they give where no contract stands: it is unknown here, and asked for otherwise.
  if (leaf === null) return { classHash: undefined, words: slots.length === 0 ? [] : undefined };
  const raw = asObject(leaf, 'contract leaf');
  const classHash = feltField(raw, 'class_hash') as bigint as ClassHash;
  if (classHash === 0n) return { classHash: undefined, words: slots.length === 0 ? [] : undefined };
  if (slots.length === 0) return { classHash, words: [] };
  const nodes = readNodes(proof);
  const root = feltField(raw, 'storage_root');
  return { classHash, words: slots.map((slot) => wordAt(nodes, root, slot)) };
};

const readNodes = (proof: unknown): ReadonlyMap<bigint, TrieNode> => {
  if (!Array.isArray(proof)) throw malformed('a storage proof is not a list');
  return new Map(
    (proof as readonly unknown[]).map((item) => {
      const raw = asObject(item, 'proof node');
      return [feltField(raw, 'node_hash'), readNode(asObject(raw['node'], 'node'))];
    }),
  );
};

const readNode = (raw: JsonObject): TrieNode => {
  if (raw['left'] !== undefined) return { left: feltField(raw, 'left'), right: feltField(raw, 'right') };
  const length = naturalField(raw, 'length');
  if (length === 0 || length > HEIGHT) throw malformed('an edge of impossible length');
  return { path: asFelt(raw['path'], 'path'), length, child: feltField(raw, 'child') };
};

/** The word of a slot: what the path ends in, or 0 where an edge shows that nothing stands there. */
const wordAt = (nodes: ReadonlyMap<bigint, TrieNode>, root: bigint, slot: Felt): Felt => {
  if (root === 0n) return ZERO;
  let at = root;
  for (let left = HEIGHT; left > 0; ) {
    const node = nodes.get(at);
    if (node === undefined) throw malformed('a storage proof with a gap');
    if ('left' in node) {
      left -= 1;
      at = (slot >> BigInt(left)) & 1n ? node.right : node.left;
      continue;
    }
    left -= node.length;
    if (left < 0) throw malformed('a storage proof beyond its leaves');
    const bits = (slot >> BigInt(left)) & ((1n << BigInt(node.length)) - 1n);
    if (bits !== node.path) return ZERO;
    at = node.child;
  }
  return at as Felt;
};
