import type { ProfileRegistry } from '#libs/account';
import type { ChainSource } from '#libs/chain';
import { type Db, inTransaction, type Trx } from '#libs/database';
import {
  appendFacts,
  CORRECTION_ORDINAL,
  correctionPayload,
  DERIVED_TRANSACTION_INDEX,
  FACTS_CORRECTED,
  headerByHash,
  headerByNumber,
  holdCursor,
  type NewFact,
  replaceBlockRows,
  streamFacts,
} from '#libs/facts';
import { type Felt, feltToHex } from '#libs/felt';
import {
  type AccountState,
  emptyAccountState,
  isUseFact,
  listUnattributedBlocks,
  loadAccountStates,
  releaseQuarantine,
  type UnattributedBlock,
  USE_FACT_KINDS,
  usesProjection,
} from '#libs/sessions';
import { spendingProjection } from '#libs/spending';
import type { Address } from '#libs/felt';
import { readClasses } from './apply-run.ts';
import { finishFold } from './finish-fold.ts';
import type { ClassCatalogue } from './class-catalogue.ts';
import { factRow } from './fact-rows.ts';
import { startFold } from './fold-run.ts';
import { fetchIndexedBlock, type IndexedBlock } from './indexed-block.ts';
import { openCatalogue } from './open-context.ts';

/** Where and with what uses are attributed again. */
export interface AttributionDeps {
  readonly db: Db;
  readonly networkId: number;
  readonly chainId: Felt;
  readonly source: ChainSource;
  readonly profiles: ProfileRegistry;
}

/** What came of one block. */
export interface AttributedBlock extends UnattributedBlock {
  /** CHAIN_MOVED: a reorg took it away meanwhile. */
  readonly outcome: 'ATTRIBUTED' | 'UNEXPLAINED' | 'CHAIN_MOVED';
  /** Uses that the block holds now. */
  readonly uses: number;
  /** Why some are still not attributed: TRACE_UNAVAILABLE, NO_TRANSACTION_EXPLAINS. */
  readonly reasons: readonly string[];
  /** Nothing of the account is left unexplained. */
  readonly released: boolean;
}

/**
 * Reads the blocks of quarantined accounts again, with traces, and explains their uses by the rules of the head. What is
 * explained now is kept as a correction, a fact of its own, and the rows of the block are written anew; the quarantine
 * ends with the last of them. What still is not explained changes nothing. Beside a running service: each block is one
 * transaction that holds the cursor. @throws ChainError, DatabaseError
 */
export async function* attributeAgain(
  deps: AttributionDeps,
  account: Address | undefined,
  signal?: AbortSignal,
): AsyncGenerator<AttributedBlock> {
  const catalogue = await openCatalogue(deps.db, deps.networkId, deps.source);
  for (const found of await listUnattributedBlocks(deps.db, deps.networkId, account)) {
    signal?.throwIfAborted();
    const facts = await foldAgain(deps, catalogue, found);
    yield await settle(deps, found, facts);
  }
}

/** The facts of the uses that the block holds, as they would be folded today. */
const foldAgain = async (
  deps: AttributionDeps,
  catalogue: ClassCatalogue,
  { account, blockHash }: UnattributedBlock,
): Promise<NewFact[]> => {
  const followed = new Set([account]);
  const block = await fetchIndexedBlock(deps.source, { blockHash }, followed);
  await readClasses({ catalogue }, [block], followed);
  const fold = startFold({
    chainId: deps.chainId,
    blocks: [block],
    followed,
    discoveredAt: new Map(),
    states: new Map([[account, await stateBefore(deps, catalogue, account, block)]]),
    classOf: (classHash) => catalogue.known(classHash),
    lowCallsThreshold: 0,
    profiles: deps.profiles,
    parent: await headerByNumber(deps.db, deps.networkId, block.header.blockNumber - 1),
  });
  await finishFold(deps.source, fold);
  return fold.writes.facts
    .filter((fact) => fact.account === account)
    .map(factRow)
    .filter(isUseFact);
};

const stateBefore = async (
  { db, networkId, source }: AttributionDeps,
  catalogue: ClassCatalogue,
  account: Address,
  { header }: IndexedBlock,
): Promise<AccountState> => {
  const shapesOf = (classHash: bigint) => catalogue.shapesOf(classHash);
  const states = await loadAccountStates(db, networkId, [account], shapesOf, header.blockNumber - 1);
  const known = states.get(account) ?? emptyAccountState(account);
  if (known.classHash !== undefined) return known;
  // The block that showed the account: its class was read from the node then, too.
  const classHash = await source.classHashAt(account, { blockHash: header.parentHash });
  if (classHash === undefined) return known;
  const { eventShapes } = await catalogue.require(classHash, header.blockHash);
  return { ...known, classHash, eventShapes };
};

const reasonOf = ({ payload: { reason } }: NewFact): string =>
  typeof reason === 'string' ? reason : 'UNKNOWN';

const settle = async (
  { db, networkId }: AttributionDeps,
  found: UnattributedBlock,
  facts: readonly NewFact[],
): Promise<AttributedBlock> => {
  const left = facts.filter(({ kind }) => kind === 'SessionCallUnattributed');
  if (left.length > 0) {
    const reasons = [...new Set(left.map(reasonOf))];
    return { ...found, outcome: 'UNEXPLAINED', uses: facts.length - left.length, reasons, released: false };
  }
  return await inTransaction(db, async (trx) => {
    const nothing = { ...found, uses: 0, reasons: [], released: false };
    if (!(await holdsBlock(trx, networkId, found))) return { ...nothing, outcome: 'CHAIN_MOVED' as const };
    await writeCorrection(trx, networkId, found, facts);
    const resolution = `every use is attributed, the last one in block ${found.blockNumber}`;
    const released = await releaseQuarantine(trx, networkId, { account: found.account, resolution });
    return { ...nothing, outcome: 'ATTRIBUTED' as const, uses: facts.length, released };
  });
};

/** Holds the cursor, so that no reorg comes between; false where one has taken the block away. */
const holdsBlock = async (
  trx: Trx,
  networkId: number,
  { blockHash }: UnattributedBlock,
): Promise<boolean> => {
  if (!(await holdCursor(trx, networkId))) return false;
  return (await headerByHash(trx, networkId, blockHash))?.canonical === true;
};

const writeCorrection = async (
  trx: Trx,
  networkId: number,
  { account, blockNumber, blockHash }: UnattributedBlock,
  facts: readonly NewFact[],
): Promise<void> => {
  const before = await countedBlock(trx, networkId, account, blockNumber);
  const earlier = before?.facts.filter(({ kind }) => kind === FACTS_CORRECTED).length ?? 0;
  const correction: NewFact = {
    ...{
      account,
      blockNumber,
      blockHash,
      transactionHash: undefined,
      sessionKey: undefined,
      token: undefined,
    },
    transactionIndex: DERIVED_TRANSACTION_INDEX,
    eventIndex: CORRECTION_ORDINAL + earlier,
    kind: FACTS_CORRECTED,
    payload: correctionPayload({ replaces: USE_FACT_KINDS, facts }),
  };
  await appendFacts(trx, networkId, [correction]);
  const after = await countedBlock(trx, networkId, account, blockNumber);
  if (after === undefined) throw new Error('a fact that was just added is not there');
  await replaceBlockRows(trx, networkId, [usesProjection, spendingProjection], feltToHex(account), after);
};

const countedBlock = async (trx: Trx, networkId: number, account: Address, blockNumber: number) => {
  const filter = { accounts: [feltToHex(account)], fromBlock: blockNumber, toBlock: blockNumber };
  for await (const block of streamFacts(trx, networkId, filter)) if (block.canonical) return block;
  return undefined;
};
