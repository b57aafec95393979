import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DERIVED_TRANSACTION_INDEX, type FactBlock, type StoredFact } from '#libs/facts';
import { digestSeed, networkDigest, rollDigest } from './digest-chain.ts';
import { canonicalJson, encodeFactBlock } from './encode-facts.ts';
import { firstDifference } from './digest-export.ts';

const fact = (more: Partial<StoredFact> = {}): StoredFact => ({
  account: '0xacc',
  blockNumber: 7,
  blockHash: '0xb7',
  transactionIndex: 0,
  eventIndex: 0,
  transactionHash: '0x7',
  kind: 'SessionKeyRevoked',
  sessionKey: '0x5',
  token: null,
  payload: {},
  ...more,
});
const block = (...facts: StoredFact[]): FactBlock => ({
  blockNumber: 7,
  blockHash: '0xb7',
  timestampSeconds: '1',
  facts,
});
const sha = (...parts: (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
const OF = { chainId: '0x1', genesisHash: '0x2', account: '0xacc', fromBlock: 3 };
const derived = (ordinal: number, sessionKey: string) =>
  fact({
    transactionIndex: DERIVED_TRANSACTION_INDEX,
    eventIndex: ordinal,
    transactionHash: null,
    kind: 'SessionStateChanged',
    sessionKey,
  });

describe('the digest of an account', () => {
  it('is what the reference page says, byte by byte', () => {
    const seed = sha('["purser-digest-1","0x1","0x2","0xacc",3]\n');
    expect(digestSeed(OF)).toBe(seed);
    const lines =
      '[7,"0xb7"]\n[0,0,"0x7","SessionKeyAdded","0x5",null,{"a":["1"],"b":"2"}]\n[null,null,null,"SessionStateChanged","0x5",null,{}]\n';
    const rolled = rollDigest(
      seed,
      block(fact({ kind: 'SessionKeyAdded', payload: { b: '2', a: ['1'] } }), derived(0, '0x5')),
    );
    expect(rolled).toEqual({ digest: sha(Buffer.from(seed, 'hex'), lines), facts: 2 });
    expect(networkDigest([{ account: '0xacc', fromBlock: 3, facts: 2, digest: seed }])).toBe(
      sha(`["0xacc",3,"${seed}"]\n`),
    );
  });

  it('does not depend on the order in which a node lists changes, or facts were added', () => {
    const one = encodeFactBlock(block(fact({ eventIndex: 1 }), fact(), derived(0, '0x5'), derived(1, '0x6')));
    const other = encodeFactBlock(
      block(derived(0, '0x6'), fact(), derived(1, '0x5'), fact({ eventIndex: 1 })),
    );
    expect(one).toEqual(other);
  });

  it('leaves out how the operator came by the account, and blocks with nothing else', () => {
    expect(encodeFactBlock(block(fact({ kind: 'AccountStateRead' })))).toBeUndefined();
    expect(encodeFactBlock(block(fact(), fact({ kind: 'SessionStateRead', eventIndex: 9 })))).toEqual(
      encodeFactBlock(block(fact())),
    );
  });

  it('differs with any member of a fact', () => {
    const base = encodeFactBlock(block(fact()));
    const others = [
      { kind: 'X' },
      { sessionKey: '0x6' },
      { token: '0x1' },
      { payload: { a: '1' } },
      { transactionHash: '0x8' },
      { eventIndex: 1 },
      { transactionIndex: 1 },
    ];
    for (const more of others) expect(encodeFactBlock(block(fact(more)))).not.toEqual(base);
  });

  it('is over accounts in the order of their addresses as numbers', () => {
    const [small, large] = ['0x9', '0x10'].map((account) => ({
      account,
      fromBlock: 0,
      facts: 1,
      digest: sha(account),
    }));
    expect(networkDigest([large!, small!])).toBe(networkDigest([small!, large!]));
    expect(networkDigest([small!])).not.toBe(networkDigest([small!, large!]));
  });

  it('prints JSON in one form', () => {
    expect(canonicalJson({ b: [true, null, 'x"'], a: { d: 1, c: '2' } })).toBe(
      '{"a":{"c":"2","d":1},"b":[true,null,"x\\""]}',
    );
  });
});

describe('two operators', () => {
  const points = (...digests: [number, string][]) =>
    digests.map(([blockNumber, digest], at) => ({ blockNumber, digest, blockHash: '0x1', facts: at + 1 }));
  const ours = points([3, 'a'], [5, 'b'], [9, 'c'], [12, 'd']);

  it('agree where all digests are equal', () => {
    expect(firstDifference(ours, ours, 12)).toBeUndefined();
    expect(firstDifference(ours, points([3, 'a'], [5, 'b'], [9, 'c']), 9)).toBeUndefined();
  });

  it.each([
    ['another fact', points([3, 'a'], [5, 'x'], [9, 'y'], [12, 'z']), 5],
    ['a block that only we have', points([3, 'a'], [9, 'y'], [12, 'z']), 5],
    ['a block that only they have', points([3, 'a'], [4, 'x'], [5, 'w'], [9, 'y'], [12, 'z']), 4],
    ['the first block', points([3, 'x'], [5, 'w'], [9, 'y'], [12, 'z']), 3],
    ['a block at the end that they lack', points([3, 'a'], [5, 'b'], [9, 'c']), 12],
  ])('differ first at %s', (_what, theirs, at) => {
    expect(firstDifference(ours, theirs, 12)).toBe(at);
  });
});
