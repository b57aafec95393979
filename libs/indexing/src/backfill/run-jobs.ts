import { isChainError } from '#libs/chain';
import { DatabaseError, inTransaction } from '#libs/database';
import { type BackfillJob, finishBackfill, listDueBackfills, postponeBackfill } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { AdoptionError } from '../adoption.error.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import { BackfillError } from './backfill.error.ts';
import { type BackfillPorts, fillHistory } from './fill-history.ts';
import { SearchError } from './search-task.ts';

/** Jobs under way at the same time: walking back waits for one answer after the other. */
const JOBS_AT_ONCE = 4;

/**
 * Works on the back-fills whose turn has come. What keeps one from going on is noted with it, and the others go on.
 * @throws DatabaseError, and when the signal aborts
 */
export const runDueBackfills = async (ports: BackfillPorts, signal: AbortSignal): Promise<number> => {
  const { db, networkId } = ports.context;
  const jobs = await listDueBackfills(db, networkId, JOBS_AT_ONCE);
  await mapConcurrently(jobs, JOBS_AT_ONCE, (job) => runJob(ports, job, signal));
  return jobs.length;
};

const runJob = async (ports: BackfillPorts, job: BackfillJob, signal: AbortSignal): Promise<void> => {
  const { log } = ports.context;
  const account = feltToHex(job.account);
  try {
    await fillHistory(ports, job, signal);
    log.info({ account, jobId: job.jobId }, 'history filled');
  } catch (error) {
    if (signal.aborted || error instanceof DatabaseError) throw error;
    const code = codeOf(error);
    if (code === 'BACKFILL_CANCELLED') return;
    log.warn({ account, jobId: job.jobId, code }, 'history cannot be filled yet');
    await (isContradicted(error) ? giveUp(ports, job, code) : postpone(ports, job, code));
  }
};

const codeOf = (error: unknown): string =>
  isChainError(error) ||
  error instanceof AdoptionError ||
  error instanceof BackfillError ||
  error instanceof SearchError
    ? error.code
    : 'INTERNAL';

/** No other try would end otherwise. Whatever else fails may pass. */
const isContradicted = (error: unknown): boolean =>
  error instanceof SearchError || (error instanceof BackfillError && !error.retryable);

const postpone = ({ context }: BackfillPorts, { jobId }: BackfillJob, code: string): Promise<void> =>
  inTransaction(context.db, (trx) => postponeBackfill(trx, jobId, code));

/** What was committed before is proven, and stays. */
const giveUp = ({ context }: BackfillPorts, { jobId }: BackfillJob, code: string): Promise<void> =>
  inTransaction(context.db, async (trx) => {
    await finishBackfill(trx, jobId, 'INCOMPLETE', code);
  });
