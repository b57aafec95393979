import { sessionDataToFelts, spendingPolicyToFelts } from '#libs/account';
import type { BlockHeader } from '#libs/chain';
import { inTransaction, type Trx } from '#libs/database';
import {
  appendDeadLetters,
  appendFacts,
  type BackfillJob,
  type BackfillProgress,
  type Cursor,
  extendCoverage,
  finishBackfill,
  headerByHash,
  listCoverage,
  noteBackfill,
  raiseGeneration,
  requireCursor,
} from '#libs/facts';
import { type Address, feltToHex } from '#libs/felt';
import {
  type AccountState,
  loadAccountStates,
  removeHistoricVersions,
  writeHistoricVersions,
  writeUses,
} from '#libs/sessions';
import { clearSpending, writeSpending } from '#libs/spending';
import { enqueueAlerts } from '#libs/webhooks';
import { admitBlocks } from '../admit-blocks.ts';
import { keepClasses } from '../class-rows.ts';
import { openAttributionIncidents } from '../commit-run.ts';
import { deadLetterRow, factRow } from '../fact-rows.ts';
import { expectedCursor, type IndexingContext } from '../indexing.context.ts';
import { BackfillError } from './backfill.error.ts';
import type { HistoricPart } from './historic-part.ts';
import { claimFact, claimOf, coverClaim, dropClaim, type HistoryClaim, readingAt } from './history-claim.ts';

/** The block that the account was adopted at: its state is known from there on. */
export interface HistoryEnd {
  readonly job: BackfillJob;
  readonly end: BlockHeader;
}

/**
 * Commits a part of the history in one transaction, while the cursor stands still: by its generation another writer
 * sees that there is more now. The part that reaches the end of the range joins what is followed, and has to end with
 * the words of the adoption; the others were proven before. @throws CursorConflict, AdoptionError ADOPTION_CHAIN_MOVED,
 * BackfillError BACKFILL_CHAIN_MOVED, BACKFILL_CANCELLED, BACKFILL_STATE_DIFFERS
 */
export const commitPart = async (
  context: IndexingContext,
  historyEnd: HistoryEnd,
  part: HistoricPart,
  progress: BackfillProgress,
  after: AccountState,
): Promise<void> => {
  await inTransaction(context.db, (trx) => writePart(trx, context, historyEnd, part, progress, after));
  context.generation += 1;
};

const writePart = async (
  trx: Trx,
  context: IndexingContext,
  { job, end }: HistoryEnd,
  part: HistoricPart,
  progress: BackfillProgress,
  after: AccountState,
): Promise<void> => {
  const { networkId } = context;
  const { account } = job;
  const { fromBlock, toBlock, writes } = part;
  const isJoined = toBlock === end.blockNumber;
  await requireCursor(trx, networkId, requireExpected(context));
  await requireFollowedFrom(trx, networkId, account, end);
  if (!(await noteBackfill(trx, job.jobId, { ...progress, coveredTo: toBlock })))
    throw new BackfillError('BACKFILL_CANCELLED', 'the job was cancelled');
  if (isJoined) await requireSameWords(trx, context, account, end, after);
  await admitBlocks(trx, networkId, writes.headers);
  const claim = await claimOf(trx, networkId, account, end, part);
  await writeFolded(trx, networkId, account, writes);
  if (claim.fromBlock === fromBlock) await removeHistoricVersions(trx, networkId, account, end.blockNumber);
  const classes = writes.classes.map(({ state }) => state);
  await keepClasses(trx, networkId, context.catalogue, classes);
  await writeHistoricVersions(trx, networkId, { account, fromBlock, toBlock, isJoined }, writes);
  await dropClaim(trx, networkId, account);
  if (isJoined) await join(trx, networkId, job, claim);
  else await claimMore(trx, networkId, { job, end }, part, claim);
  await raiseGeneration(trx, networkId);
};

const lastOf = ({ writes }: HistoricPart): BlockHeader => {
  const last = writes.headers.at(-1);
  if (last === undefined) throw new Error('only the last part of a history may be without a block');
  return last;
};

const requireExpected = (context: IndexingContext): Cursor => {
  const cursor = expectedCursor(context);
  if (cursor === undefined) throw new BackfillError('BACKFILL_CHAIN_MOVED', 'nothing is indexed any more');
  return cursor;
};

/** As the head writes a run; what is long past is kept, and nobody is told. */
const writeFolded = async (
  trx: Trx,
  networkId: number,
  account: Address,
  writes: HistoricPart['writes'],
): Promise<void> => {
  const facts = writes.facts.map(factRow);
  await appendFacts(trx, networkId, facts);
  await appendDeadLetters(trx, networkId, writes.deadLetters.map(deadLetterRow));
  await writeUses(trx, networkId, facts);
  await openAttributionIncidents(trx, networkId, facts);
  const blockNumbers = writes.headers.map(({ blockNumber }) => blockNumber);
  await clearSpending(trx, networkId, account, blockNumbers);
  await writeSpending(trx, networkId, writes.spending);
  await enqueueAlerts(trx, networkId, writes.alerts, { deliver: false });
};

/** Holds the account until the transaction ends: a reorg that takes its block away makes it wait for being read anew. */
const requireFollowedFrom = async (
  trx: Trx,
  networkId: number,
  account: Address,
  { blockNumber, blockHash }: BlockHeader,
): Promise<void> => {
  const row = await trx
    .selectFrom('accounts')
    .select('status')
    .where('network_id', '=', networkId)
    .where('address', '=', feltToHex(account))
    .forUpdate()
    .executeTakeFirst();
  const stored = await headerByHash(trx, networkId, blockHash);
  const coverage = await listCoverage(trx, networkId, account, 'STATE');
  const begins = coverage.some((range) => range.fromBlock === blockNumber && range.toBlock === null);
  if (row?.status !== 'FOLLOWED' || !begins || stored?.canonical !== true)
    throw new BackfillError('BACKFILL_CHAIN_MOVED', `block ${blockNumber} is another one now`);
};

/** What the account was adopted with is what its history has to end with. */
const requireSameWords = async (
  trx: Trx,
  { networkId, catalogue }: IndexingContext,
  account: Address,
  { blockNumber }: BlockHeader,
  after: AccountState,
): Promise<void> => {
  const shapesOf = (classHash: bigint) => catalogue.shapesOf(classHash);
  const adopted = await loadAccountStates(trx, networkId, [account], shapesOf, blockNumber);
  const [expected, actual] = [wordsOf(adopted.get(account)), wordsOf(after)];
  if (expected === actual) return;
  throw new BackfillError(
    'BACKFILL_STATE_DIFFERS',
    `the history up to block ${blockNumber} ends with other words than storage has there`,
  );
};

const wordsOf = (state: AccountState | undefined): string => {
  const sessions = [...(state?.sessions.values() ?? [])].map(
    ({ sessionKey, data }) => `${sessionKey}=${sessionDataToFelts(data).join()}`,
  );
  const policies = [...(state?.policies.values() ?? [])].map(
    ({ sessionKey, token, policy }) => `${sessionKey}/${token}=${spendingPolicyToFelts(policy).join()}`,
  );
  return [state?.classHash, ...sessions.sort(), ...policies.sort()].join(';');
};

const claimMore = async (
  trx: Trx,
  networkId: number,
  { job: { account }, end }: HistoryEnd,
  part: HistoricPart,
  claim: HistoryClaim,
): Promise<void> => {
  await coverClaim(trx, networkId, account, claim);
  await appendFacts(trx, networkId, [claimFact(account, lastOf(part), end, claim)]);
};

/** The account is as one that was followed from there: a reorg is folded again, and the account not read anew. */
const join = async (
  trx: Trx,
  networkId: number,
  { account, jobId }: BackfillJob,
  { fromBlock, toBlock, everyBlock }: HistoryClaim,
): Promise<void> => {
  const known = await readingAt(trx, networkId, account, fromBlock);
  await extendCoverage(trx, networkId, account, 'STATE', { fromBlock: known?.stateFrom ?? 0, toBlock });
  await extendCoverage(trx, networkId, account, 'EVENTS', { fromBlock: known?.eventsFrom ?? 0, toBlock });
  await trx
    .updateTable('accounts')
    .set({ followed_from_block: fromBlock, recorded_from_block: everyBlock ? null : toBlock + 1 })
    .where('network_id', '=', networkId)
    .where('address', '=', feltToHex(account))
    .execute();
  await finishBackfill(trx, jobId, 'DONE');
};
