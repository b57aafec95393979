import { sessionDataToFelts, spendingPolicyToFelts } from '#libs/account';
import type { BlockHeader } from '#libs/chain';
import { inTransaction, type Trx } from '#libs/database';
import {
  appendDeadLetters,
  appendFacts,
  type BackfillJob,
  type BackfillProgress,
  extendCoverage,
  finishBackfill,
  headerByHash,
  listCoverage,
  noteBackfill,
} from '#libs/facts';
import { type Address, feltToHex } from '#libs/felt';
import {
  type AccountState,
  loadAccountStates,
  removeHistoricVersions,
  type VersionWrites,
  writeHistoricVersions,
} from '#libs/sessions';
import { enqueueAlerts } from '#libs/webhooks';
import { admitBlocks } from '../admit-blocks.ts';
import { deadLetterRow, factRow } from '../fact-rows.ts';
import type { IndexingContext } from '../indexing.context.ts';
import type { WriteSet } from '../write-set.ts';
import { BackfillError } from './backfill.error.ts';

/** A part of an account's history, folded: everything that happened in [fromBlock, toBlock]. */
export interface HistoricPart {
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly headers: readonly BlockHeader[];
  readonly versions: VersionWrites;
  readonly folded?: Pick<WriteSet, 'facts' | 'deadLetters' | 'alerts'>;
}

/** The block that the account was adopted at: its state is known from there on. */
export interface HistoryEnd {
  readonly job: BackfillJob;
  readonly end: BlockHeader;
}

/**
 * Commits a part of the history in one transaction, beside a head that goes on; the cursor stays where it is. The part
 * that reaches the end of the range joins what is followed: only there it shows whether nothing was missed.
 * @throws BackfillError BACKFILL_CHAIN_MOVED, BACKFILL_CANCELLED, BACKFILL_STATE_DIFFERS
 */
export const commitPart = (
  context: IndexingContext,
  { job, end }: HistoryEnd,
  part: HistoricPart,
  progress: BackfillProgress,
  after: AccountState,
): Promise<void> =>
  inTransaction(context.db, async (trx) => {
    const { networkId } = context;
    const { account } = job;
    const { fromBlock, toBlock, versions, headers, folded } = part;
    const isJoined = toBlock === end.blockNumber;
    await requireFollowedFrom(trx, networkId, account, end);
    if (!(await noteBackfill(trx, job.jobId, { ...progress, coveredTo: toBlock })))
      throw new BackfillError('BACKFILL_CANCELLED', 'the job was cancelled');
    if (isJoined) await requireSameWords(trx, context, account, end, after);
    await admitBlocks(trx, networkId, headers);
    if (folded) await writeFolded(trx, networkId, folded);
    await writeHistoricVersions(trx, networkId, { account, fromBlock, toBlock, isJoined }, versions);
    await extendCoverage(trx, networkId, account, 'STATE', { fromBlock, toBlock });
    if (isJoined) await join(trx, context, job);
  });

const writeFolded = async (
  trx: Trx,
  networkId: number,
  { facts, deadLetters, alerts }: Pick<WriteSet, 'facts' | 'deadLetters' | 'alerts'>,
): Promise<void> => {
  await appendFacts(trx, networkId, facts.map(factRow));
  await appendDeadLetters(trx, networkId, deadLetters.map(deadLetterRow));
  // What is long past is kept, and nobody is told.
  await enqueueAlerts(trx, networkId, alerts, { deliver: false });
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

/**
 * The account is as one that was followed from there: a reorg is folded again, and the account not read anew. Only one
 * that goes below the first block that is read one by one cannot be followed block by block.
 */
const join = async (
  trx: Trx,
  { networkId, firstBlock }: IndexingContext,
  { account, fromBlock, jobId }: BackfillJob,
): Promise<void> => {
  await trx
    .updateTable('accounts')
    .set({ followed_from_block: Math.max(fromBlock, firstBlock) })
    .where('network_id', '=', networkId)
    .where('address', '=', feltToHex(account))
    .execute();
  await finishBackfill(trx, jobId, 'DONE');
};

/** Takes back what a job claimed and wrote below its end, and says why: what is not proven is not kept. */
export const withdrawHistory = async (
  { db, networkId }: IndexingContext,
  { job, end }: HistoryEnd,
  reasonCode: string,
): Promise<void> => {
  await inTransaction(db, async (trx) => {
    await trx
      .deleteFrom('coverage')
      .where('network_id', '=', networkId)
      .where('account', '=', feltToHex(job.account))
      .where('kind', '=', 'STATE')
      .where('to_block', 'is not', null)
      .execute();
    await removeHistoricVersions(trx, networkId, job.account, end.blockNumber);
    await finishBackfill(trx, job.jobId, 'INCOMPLETE', reasonCode);
  });
};
