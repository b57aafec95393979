import { describe, expect, it } from '@jest/globals';
import { ChainError, type ContractQuestion } from '#libs/chain';
import { type Address, type ClassHash, type Felt, toAddress, toFelt } from '#libs/felt';
import { WordLoader } from './word-loader.ts';

const BLOCK = toFelt(0xb1);
const accounts = (count: number): Address[] =>
  Array.from({ length: count }, (_, at) => toAddress(BigInt(at + 1)));
const slots = (count: number): Felt[] => Array.from({ length: count }, (_, at) => toFelt(at));
/** What stands in a slot: told apart by contract. */
const wordOf = (address: bigint, slot: bigint): Felt => toFelt(address * 1_000n + slot);

describe('words of storage asked for at the same time', () => {
  const source = (
    fails: (asked: readonly ContractQuestion[]) => ChainError | undefined = () => undefined,
  ) => {
    const proofs: number[] = [];
    const singles: bigint[] = [];
    return {
      proofs,
      singles,
      storageAt: (address: Address, slot: Felt) => {
        singles.push(slot);
        return Promise.resolve(wordOf(address, slot));
      },
      contractWords: (asked: readonly ContractQuestion[]) => {
        proofs.push(asked.reduce((sum, question) => sum + 1 + question.slots.length, 0));
        const error = fails(asked);
        if (error !== undefined) return Promise.reject(error);
        return Promise.resolve(
          asked.map((question) => ({
            classHash: question.address as bigint as ClassHash,
            words: question.slots.map((slot) => wordOf(question.address, slot)),
          })),
        );
      },
    };
  };

  const readAll = (loader: WordLoader, addresses: readonly Address[], of: readonly Felt[]) =>
    Promise.all(addresses.flatMap((address) => of.map((slot) => loader.word(address, slot))));
  const expected = (addresses: readonly Address[], of: readonly Felt[]) =>
    addresses.flatMap((address) => of.map((slot) => wordOf(address, slot)));
  const unavailable = (code?: 'RPC_ERROR') =>
    new ChainError('STORAGE_PROOF_UNAVAILABLE', 'no', code ? { cause: new ChainError(code, 'limit') } : {});

  it('come in few questions, none of them too long, each to whom it belongs', async () => {
    const node = source();
    const loader = new WordLoader(node, BLOCK);
    expect(await readAll(loader, accounts(20), slots(12))).toEqual(expected(accounts(20), slots(12)));
    expect(node.proofs).toHaveLength(3);
    expect(Math.max(...node.proofs)).toBeLessThanOrEqual(100);
    expect(node.singles).toEqual([]);
  });

  it('come one by one from a node without proofs, which is asked for them once', async () => {
    const node = source(() => unavailable());
    const loader = new WordLoader(node, BLOCK);
    expect(await loader.classesOf(accounts(3), {})).toEqual([undefined, undefined, undefined]);
    expect(await readAll(loader, accounts(2), slots(3))).toEqual(expected(accounts(2), slots(3)));
    expect([loader.hasProofs, node.proofs.length, node.singles.length]).toEqual([false, 1, 6]);
  });

  it('come in shorter questions from a node that takes fewer at once', async () => {
    const node = source((asked) => (asked.length > 3 ? unavailable('RPC_ERROR') : undefined));
    const loader = new WordLoader(node, BLOCK);
    expect(await readAll(loader, accounts(10), slots(2))).toEqual(expected(accounts(10), slots(2)));
    expect([loader.hasProofs, node.singles]).toEqual([true, []]);
  });

  it('come one by one of a contract that the proof says nothing of', async () => {
    const node = source();
    const silent = {
      ...node,
      contractWords: (asked: readonly ContractQuestion[]) =>
        Promise.resolve(asked.map(() => ({ classHash: undefined, words: undefined }))),
    };
    expect(await readAll(new WordLoader(silent, BLOCK), accounts(1), slots(2))).toEqual(
      expected(accounts(1), slots(2)),
    );
    expect(node.singles).toHaveLength(2);
  });

  it('are not had where the node does not answer', async () => {
    const node = source(() => new ChainError('RPC_UNAVAILABLE', 'away'));
    const loader = new WordLoader(node, BLOCK);
    await expect(loader.word(accounts(1)[0]!, toFelt(1))).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE' });
    expect(loader.hasProofs).toBe(true);
  });
});
