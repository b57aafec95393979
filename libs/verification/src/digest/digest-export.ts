import { z } from 'zod';
import { VerificationError } from '../verification.error.ts';
import type { DigestPoint } from './digest-chain.ts';

const hex = z.string().regex(/^0x[0-9a-f]+$/);
const sha = z.string().regex(/^[0-9a-f]{64}$/);
const height = z.number().int().nonnegative();

const shape = z.object({
  format: z.literal('purser-digest-1'),
  chainId: hex,
  genesisHash: hex,
  blockNumber: height,
  blockHash: hex,
  digest: sha,
  accounts: z.array(
    z.object({
      account: hex,
      fromBlock: height,
      facts: height,
      digest: sha,
      points: z.array(z.object({ blockNumber: height, blockHash: hex, facts: height, digest: sha })),
    }),
  ),
});

/** Digests of one operator, with a point for each block that has facts: what another one compares with. */
export type DigestExport = z.output<typeof shape>;

/** @throws VerificationError EXPORT_INVALID */
export const parseDigestExport = (text: string): DigestExport => {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new VerificationError('EXPORT_INVALID', 'the file is no export of digests', { cause });
  }
};

/**
 * The first block at which two operators differ: digests roll, so those before it are equal and those from it on are
 * not. Found by halving. Undefined: they agree as far as the shorter one goes.
 */
export const firstDifference = (
  ours: readonly DigestPoint[],
  theirs: readonly DigestPoint[],
  upTo: number,
): number | undefined => {
  const a = ours.filter(({ blockNumber }) => blockNumber <= upTo);
  const b = theirs.filter(({ blockNumber }) => blockNumber <= upTo);
  const agreeAt = (at: number): boolean => a[at]?.digest === b[at]?.digest;
  let [low, high] = [0, Math.max(a.length, b.length)];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (agreeAt(middle)) low = middle + 1;
    else high = middle;
  }
  const heights = [a[low]?.blockNumber, b[low]?.blockNumber].filter((number) => number !== undefined);
  return heights.length === 0 ? undefined : Math.min(...heights);
};
