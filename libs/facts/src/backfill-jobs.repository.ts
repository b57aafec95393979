import { sql } from 'kysely';
import type { BackfillState, Db, Row, Trx } from '#libs/database';
import { type Address, feltToHex, parseAddress } from '#libs/felt';
import { jsonParameter } from './json-parameter.ts';
import type { JsonObject } from './fact.ts';

/** Work on the history of one account before the block it was adopted at. */
export interface BackfillJob {
  readonly jobId: number;
  readonly networkId: number;
  readonly account: Address;
  readonly fromBlock: number;
  readonly everyBlock: boolean;
  readonly state: BackfillState;
  readonly reasonCode: string | undefined;
  readonly callsMade: number;
  /** About; undefined before that is known. */
  readonly callsLeft: number | undefined;
  readonly callsPerSecond: number | undefined;
  readonly blocksRead: number;
  readonly coveredTo: number | undefined;
  readonly requestedAt: Date;
  readonly finishedAt: Date | undefined;
}

export interface BackfillRequest {
  readonly account: Address;
  readonly fromBlock: number;
  readonly everyBlock: boolean;
}

/** Queues back-fills. An account that has one under way keeps it. @returns how many are new. */
export const requestBackfills = async (
  trx: Trx,
  networkId: number,
  requests: readonly BackfillRequest[],
): Promise<number> => {
  const json = jsonParameter(
    requests.map(({ account, fromBlock, everyBlock }) => ({
      account: feltToHex(account),
      from_block: fromBlock,
      every_block: everyBlock,
    })),
  );
  const added = await sql`
    insert into backfill_jobs (network_id, account, from_block, every_block)
    select ${networkId}::integer, r.account, r.from_block, r.every_block
    from jsonb_to_recordset(${json}::text::jsonb) as r(account text, from_block bigint, every_block boolean)
    on conflict (network_id, account) where finished_at is null do nothing`.execute(trx);
  return Number(added.numAffectedRows ?? 0n);
};

const OPEN = ['QUEUED', 'RUNNING'] as const;

/** The oldest jobs whose turn has come, of accounts that are followed: the others wait for their adoption. */
export const listDueBackfills = async (db: Db, networkId: number, limit: number): Promise<BackfillJob[]> => {
  const rows = await db
    .selectFrom('backfill_jobs as job')
    .innerJoin('accounts as account', (join) =>
      join.onRef('account.network_id', '=', 'job.network_id').onRef('account.address', '=', 'job.account'),
    )
    .selectAll('job')
    .where('job.network_id', '=', networkId)
    .where('job.finished_at', 'is', null)
    .where('job.next_try_at', '<=', sql<Date>`now()`)
    .where('account.status', '=', 'FOLLOWED')
    .orderBy('job.job_id')
    .limit(limit)
    .execute();
  return rows.map(toBackfillJob);
};

export interface BackfillFilter {
  readonly account?: Address;
  readonly onlyOpen?: boolean;
  readonly limit: number;
}

/** The newest first. */
export const backfillListStatement = (
  db: Db | Trx,
  networkId: number,
  { account, onlyOpen = false, limit }: BackfillFilter,
) =>
  db
    .selectFrom('backfill_jobs')
    .selectAll()
    .where('network_id', '=', networkId)
    .$if(account !== undefined, (query) => query.where('account', '=', feltToHex(account ?? 0n)))
    .$if(onlyOpen, (query) => query.where('finished_at', 'is', null))
    .orderBy('job_id', 'desc')
    .limit(limit);

export const listBackfills = async (
  db: Db | Trx,
  networkId: number,
  filter: BackfillFilter,
): Promise<BackfillJob[]> =>
  (await backfillListStatement(db, networkId, filter).execute()).map(toBackfillJob);

export interface BackfillProgress {
  readonly callsMade: number;
  readonly callsLeft: number;
  readonly callsPerSecond: number | undefined;
  readonly blocksRead: number;
  /** As far as the history is committed; left out: as before. */
  readonly coveredTo?: number;
}

/** Notes how far a job is. Gives whether it is still to go on: false once it was cancelled. */
export const noteBackfill = async (trx: Trx, jobId: number, progress: BackfillProgress): Promise<boolean> => {
  const result = await trx
    .updateTable('backfill_jobs')
    .set({
      state: 'RUNNING',
      reason_code: null,
      calls_made: progress.callsMade,
      calls_left: progress.callsLeft,
      calls_per_second: progress.callsPerSecond ?? null,
      blocks_read: progress.blocksRead,
      ...(progress.coveredTo !== undefined && { covered_to: progress.coveredTo }),
      updated_at: sql<Date>`now()`,
    })
    .where('job_id', '=', jobId)
    .where('state', 'in', OPEN)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Keeps the search, so that another process goes on with it. */
export const keepBackfillSearch = async (trx: Trx, jobId: number, search: JsonObject): Promise<void> => {
  await sql`
    update backfill_jobs set search = ${jsonParameter(search)}::text::jsonb
    where job_id = ${jobId} and finished_at is null`.execute(trx);
};

export const readBackfillSearch = async (db: Db, jobId: number): Promise<JsonObject | undefined> => {
  const row = await db
    .selectFrom('backfill_jobs')
    .select('search')
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  return (row?.search as JsonObject | null | undefined) ?? undefined;
};

/** Ends an open job. Gives whether it was open. */
export const finishBackfill = async (
  trx: Trx,
  jobId: number,
  state: 'DONE' | 'INCOMPLETE' | 'CANCELLED',
  reasonCode?: string,
): Promise<boolean> => {
  const result = await trx
    .updateTable('backfill_jobs')
    .set({
      state,
      reason_code: reasonCode ?? null,
      ...(state === 'DONE' && { calls_left: 0 }),
      ...(state !== 'CANCELLED' && { search: null }),
      finished_at: sql<Date>`now()`,
      updated_at: sql<Date>`now()`,
    })
    .where('job_id', '=', jobId)
    .where('state', 'in', OPEN)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Goes on with a job that was cancelled or is incomplete. Gives whether it does: not while another one is open. */
export const resumeBackfill = async (trx: Trx, jobId: number): Promise<boolean> => {
  const result = await sql`
    update backfill_jobs job
    set state = 'QUEUED', reason_code = null, finished_at = null, attempts = 0, next_try_at = now()
    where job.job_id = ${jobId} and job.state in ('CANCELLED', 'INCOMPLETE') and not exists (
      select from backfill_jobs other
      where other.network_id = job.network_id and other.account = job.account and other.finished_at is null
    )`.execute(trx);
  return result.numAffectedRows === 1n;
};

/** Notes why a job could not go on; it is tried again after twice the time, an hour at most. */
export const postponeBackfill = async (trx: Trx, jobId: number, reasonCode: string): Promise<void> => {
  await trx
    .updateTable('backfill_jobs')
    .set({
      state: 'QUEUED',
      reason_code: reasonCode,
      attempts: sql<number>`attempts + 1`,
      next_try_at: sql<Date>`now() + least(interval '1 hour', interval '1 second' * power(2, least(attempts, 12)))`,
      updated_at: sql<Date>`now()`,
    })
    .where('job_id', '=', jobId)
    .where('state', 'in', OPEN)
    .execute();
};

export const toBackfillJob = (row: Row<'backfill_jobs'>): BackfillJob => ({
  jobId: row.job_id,
  networkId: row.network_id,
  account: parseAddress(row.account),
  fromBlock: row.from_block,
  everyBlock: row.every_block,
  state: row.state,
  reasonCode: row.reason_code ?? undefined,
  callsMade: row.calls_made,
  callsLeft: row.calls_left ?? undefined,
  callsPerSecond: row.calls_per_second ?? undefined,
  blocksRead: row.blocks_read,
  coveredTo: row.covered_to ?? undefined,
  requestedAt: row.requested_at,
  finishedAt: row.finished_at ?? undefined,
});
