import { type EventShapes, STANDARD_EVENT_SHAPES } from '#libs/account';
import type { BlockHeader, ChainSource } from '#libs/chain';
import type { Db } from '#libs/database';
import { readCursor } from '#libs/facts';
import { type ClassHash, toFelt } from '#libs/felt';
import { ClassCatalogue, type ClassInfo } from '../src/class-catalogue.ts';
import type { IndexingContext } from '../src/indexing.context.ts';

/** An index with its cursor at a block, and the class of all its accounts. */
interface Standing {
  readonly db: Db;
  readonly source: ChainSource;
  readonly networkId: number;
  readonly head: BlockHeader;
  readonly classHash: ClassHash;
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const infoOf = (classHash: ClassHash, eventShapes: EventShapes): ClassInfo => ({
  classHash,
  eventShapes,
  capabilities: undefined,
});

/** What adopting works with, and nothing else of a context. Without classes of its own: the standard's shapes. */
export const contextOf = async (
  { db, source, networkId, head, classHash }: Standing,
  classes: readonly ClassInfo[] = [infoOf(classHash, STANDARD_EVENT_SHAPES)],
): Promise<IndexingContext> => {
  const save = () => Promise.resolve();
  const catalogue = new ClassCatalogue(source, { load: () => Promise.resolve(classes), save });
  await catalogue.load();
  return {
    ...({} as IndexingContext),
    db,
    source,
    networkId,
    chainId: toFelt(1n),
    catalogue,
    registry: { followed: new Set(), rejected: new Set() },
    discovery: true,
    searchedFromGenesis: false,
    lowCallsThreshold: 5,
    deliverAlerts: false,
    log: SILENT,
    generation: (await readCursor(db, networkId))?.generation ?? 0,
    cursor: { blockNumber: head.blockNumber, blockHash: head.blockHash },
    cursorHeader: head,
    finalizedBlock: undefined,
  };
};
