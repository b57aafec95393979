import type { ChainSource } from '#libs/chain';
import type { Address, ClassHash, Felt } from '#libs/felt';
import type { ClassCatalogue, ClassInfo } from './class-catalogue.ts';
import type { IndexedBlock } from './indexed-block.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { sessionContracts } from './split-block.ts';

export type Verdict =
  | { readonly verdict: 'ACCOUNT'; readonly classInfo: ClassInfo }
  | { readonly verdict: 'REJECTED'; readonly reasonCode: string; readonly classHash?: ClassHash };

/** What the first session event of a contract led to. */
export type Candidate = { readonly address: Address; readonly blockIndex: number } & Verdict;

const LOOKUPS_AT_ONCE = 16;

/**
 * Looks at each contract of a run that emits a session event for the first time. Anybody can emit such events, so the
 * class decides: its ABI must have the session entry points.
 */
export const discoverCandidates = async (
  source: ChainSource,
  catalogue: ClassCatalogue,
  blocks: readonly IndexedBlock[],
  isKnown: (address: bigint) => boolean,
): Promise<Candidate[]> => {
  const seen = new Set<bigint>();
  const found = blocks.flatMap((block, blockIndex) =>
    sessionContracts(block, (address) => isKnown(address) || seen.has(address)).map((address) => {
      seen.add(address);
      return { address, blockIndex, blockHash: block.header.blockHash };
    }),
  );
  return await mapConcurrently(found, LOOKUPS_AT_ONCE, async ({ address, blockIndex, blockHash }) => ({
    address,
    blockIndex,
    ...(await judgeContract(source, catalogue, address, blockHash)),
  }));
};

/** Whether the class that a contract has at a block is that of a session account. */
export const judgeContract = async (
  source: Pick<ChainSource, 'classHashAt'>,
  catalogue: ClassCatalogue,
  address: Address,
  blockHash: Felt,
): Promise<Verdict> => {
  const classHash = await source.classHashAt(address, { blockHash });
  if (classHash === undefined) return rejected('CONTRACT_NOT_FOUND');
  const classInfo = await catalogue.require(classHash, blockHash);
  if (classInfo.capabilities === undefined) return rejected('CLASS_UNREADABLE', classHash);
  if (!classInfo.capabilities.sessions) return rejected('CLASS_WITHOUT_SESSIONS', classHash);
  return { verdict: 'ACCOUNT', classInfo };
};

const rejected = (reasonCode: string, classHash?: ClassHash): Verdict => ({
  verdict: 'REJECTED',
  reasonCode,
  ...(classHash !== undefined && { classHash }),
});
