import { eventSelectors, SESSION_EVENT_KINDS } from '#libs/account';
import type { BlockHeader, ChainSource } from '#libs/chain';
import { canonicalHash } from '#libs/facts';
import type { Felt } from '#libs/felt';
import type { IndexingContext } from './indexing.context.ts';
import { isOnChain } from './on-chain.ts';
import type { AccountSeed } from './seed-account.ts';

/** So many blocks are looked through while the head waits. */
const MOST_BLOCKS = 64;

/** Seeds as they stand at the cursor, and those of accounts that something happened to since they were read. */
export interface ForwardedSeeds {
  readonly current: readonly AccountSeed[];
  readonly touched: readonly AccountSeed[];
}

type Reads = Pick<ChainSource, 'header' | 'events' | 'stateUpdate'>;

/**
 * Brings seeds of one block to the cursor, by what the blocks in between changed: an account with no change of storage or
 * class and no event is as it was read. One question a block and one scan, however many accounts. Nothing where that
 * cannot be told: the seeds are of another branch, or too old.
 */
export const forwardSeeds = async (
  context: Pick<IndexingContext, 'db' | 'networkId'>,
  source: Reads,
  seeds: readonly AccountSeed[],
  cursor: BlockHeader,
): Promise<ForwardedSeeds | undefined> => {
  const at = seeds[0]?.at;
  if (at === undefined || at.blockHash === cursor.blockHash) return { current: seeds, touched: [] };
  const blocks = await blocksBetween(context, at, cursor);
  if (blocks === undefined || !(await isOnChain(source, cursor))) return undefined;
  const changed = await changedIn(source, seeds, blocks);
  for (const address of await emittedSince(source, seeds, at, cursor)) changed.add(address);
  if (!(await isOnChain(source, cursor))) return undefined;
  return {
    current: seeds.filter(({ address }) => !changed.has(address)).map((seed) => ({ ...seed, at: cursor })),
    touched: seeds.filter(({ address }) => changed.has(address)),
  };
};

/** The hashes of our blocks behind the one, up to and with the other; they are linked, so they are of one branch. */
const blocksBetween = async (
  { db, networkId }: Pick<IndexingContext, 'db' | 'networkId'>,
  at: BlockHeader,
  cursor: BlockHeader,
): Promise<Felt[] | undefined> => {
  const count = cursor.blockNumber - at.blockNumber;
  if (count <= 0 || count > MOST_BLOCKS) return undefined;
  if ((await canonicalHash(db, networkId, at.blockNumber)) !== at.blockHash) return undefined;
  const hashes: Felt[] = [];
  for (let blockNumber = at.blockNumber + 1; blockNumber <= cursor.blockNumber; blockNumber += 1) {
    const hash = await canonicalHash(db, networkId, blockNumber);
    if (hash === undefined) return undefined;
    hashes.push(hash);
  }
  return hashes;
};

const changedIn = async (
  source: Reads,
  seeds: readonly AccountSeed[],
  blocks: readonly Felt[],
): Promise<Set<bigint>> => {
  const addresses = seeds.map(({ address }) => address);
  const updates = await Promise.all(blocks.map((blockHash) => source.stateUpdate(blockHash, addresses)));
  return new Set(
    updates.flatMap(({ storageDiffs, replacedClasses, deployedContracts }) => [
      ...storageDiffs.keys(),
      ...replacedClasses.keys(),
      ...deployedContracts.keys(),
    ]),
  );
};

/** An event may come without a change: a key that is granted again with the same terms. */
const emittedSince = async (
  source: Reads,
  seeds: readonly AccountSeed[],
  at: BlockHeader,
  cursor: BlockHeader,
): Promise<Set<bigint>> => {
  const shapes = new Set(seeds.flatMap(({ history }) => history.shapes));
  const query = {
    fromBlock: at.blockNumber + 1,
    toBlock: cursor.blockNumber,
    toBlockHash: cursor.blockHash,
    address: seeds.map(({ address }) => address),
    keys: [eventSelectors(SESSION_EVENT_KINDS, [...shapes])],
  };
  const emitted = new Set<bigint>();
  if (shapes.size === 0) return emitted;
  for await (const page of source.events(query)) for (const event of page) emitted.add(event.fromAddress);
  return emitted;
};
