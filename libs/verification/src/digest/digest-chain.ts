import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { FactBlock } from '#libs/facts';
import { canonicalJson, encodeFactBlock } from './encode-facts.ts';

export interface DigestOf {
  readonly chainId: string;
  readonly genesisHash: string;
  readonly account: string;
  /** The first block of the digest. */
  readonly fromBlock: number;
}

/** Where a digest stands after a block. */
export interface DigestPoint {
  readonly blockNumber: number;
  readonly blockHash: string;
  /** Facts up to and with the block. */
  readonly facts: number;
  /** SHA-256, 64 hex digits. */
  readonly digest: string;
}

/** What a digest begins with: another network, account or first block gives another one all the way. */
export const digestSeed = ({ chainId, genesisHash, account, fromBlock }: DigestOf): string =>
  bytesToHex(
    sha256(utf8ToBytes(`${canonicalJson(['purser-digest-1', chainId, genesisHash, account, fromBlock])}\n`)),
  );

/** Rolls a digest over one block: `d' = SHA-256(d || facts of the block)`. Nothing where no fact of it counts. */
export const rollDigest = (
  digest: string,
  block: FactBlock,
): { readonly digest: string; readonly facts: number } | undefined => {
  const encoded = encodeFactBlock(block);
  if (encoded === undefined) return undefined;
  const rolled = sha256.create().update(hexToBytes(digest)).update(utf8ToBytes(encoded.text)).digest();
  return { digest: bytesToHex(rolled), facts: encoded.facts };
};

export interface AccountDigest {
  readonly account: string;
  readonly fromBlock: number;
  readonly facts: number;
  readonly digest: string;
}

/** One digest over all accounts, in the order of their addresses as numbers. */
export const networkDigest = (accounts: readonly AccountDigest[]): string => {
  const hash = sha256.create();
  for (const { account, fromBlock, digest } of accounts.toSorted((a, b) =>
    compare(BigInt(a.account), BigInt(b.account)),
  )) {
    hash.update(utf8ToBytes(`${canonicalJson([account, fromBlock, digest])}\n`));
  }
  return bytesToHex(hash.digest());
};

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
