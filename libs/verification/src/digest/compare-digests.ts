import type { Db } from '#libs/database';
import type { NetworkIdentity } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { VerificationError } from '../verification.error.ts';
import { computeDigests, type DetailedDigest, type DigestOptions } from './compute-digests.ts';
import { type DigestExport, firstDifference } from './digest-export.ts';

export interface DigestDifference {
  readonly account: string;
  readonly problem: 'DIFFERS' | 'ONLY_OURS' | 'ONLY_THEIRS' | 'RANGE_TOO_SHORT';
  /** The first block that differs; where the range is too short, the first one that both could know. */
  readonly blockNumber?: number;
}

/**
 * Holds our digests against the export of another operator, account by account, at the block of the export or at ours
 * where that is lower. Where they began later than we did, ours are computed from their first block.
 * @throws VerificationError EXPORT_OF_OTHER_NETWORK, and as computeDigests
 */
export const compareDigests = async (
  db: Db,
  network: NetworkIdentity & { readonly networkId: number },
  theirs: DigestExport,
  options: Pick<DigestOptions, 'signal' | 'onProgress'> = {},
): Promise<{ readonly upToBlock: number; readonly differences: readonly DigestDifference[] }> => {
  const isOther =
    theirs.chainId !== feltToHex(network.chainId) || theirs.genesisHash !== feltToHex(network.genesisHash);
  if (isOther) throw new VerificationError('EXPORT_OF_OTHER_NETWORK', 'the export is of another network');
  const ours = await computeDigests(db, network, options);
  const upToBlock = Math.min(ours.blockNumber, theirs.blockNumber);
  const known = new Map(ours.accounts.map((account) => [account.account, account]));
  const differences: DigestDifference[] = [];
  for (const account of theirs.accounts) {
    const own = known.get(account.account);
    known.delete(account.account);
    const difference =
      own === undefined
        ? ({ account: account.account, problem: 'ONLY_THEIRS' } as const)
        : await compareAccount(db, network, own, account, upToBlock, options);
    if (difference !== undefined) differences.push(difference);
  }
  const onlyOurs = [...known.values()].filter(({ points }) =>
    points.some(({ blockNumber }) => blockNumber <= upToBlock),
  );
  for (const { account } of onlyOurs) differences.push({ account, problem: 'ONLY_OURS' });
  return { upToBlock, differences };
};

const compareAccount = async (
  db: Db,
  network: NetworkIdentity & { readonly networkId: number },
  ours: DetailedDigest,
  theirs: DigestExport['accounts'][number],
  upToBlock: number,
  options: Pick<DigestOptions, 'signal' | 'onProgress'>,
): Promise<DigestDifference | undefined> => {
  const { account, fromBlock } = theirs;
  if (ours.fromBlock > fromBlock) return { account, problem: 'RANGE_TOO_SHORT', blockNumber: ours.fromBlock };
  const again =
    ours.fromBlock === fromBlock
      ? ours
      : (await computeDigests(db, network, { ...options, account, fromBlock })).accounts[0];
  const blockNumber = firstDifference(again?.points ?? [], theirs.points, upToBlock);
  return blockNumber === undefined ? undefined : { account, problem: 'DIFFERS', blockNumber };
};
