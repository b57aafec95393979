import { sql } from 'kysely';
import type { Db } from '#libs/database';
import type { LateAccount } from './late-plan.ts';

/** How far an account and the filling of its history are. */
export interface AccountHistory {
  readonly account: string;
  /** Absent: nobody asked for it, or nobody knows any more. */
  readonly status?: string;
  /** The block that it is followed from. */
  readonly end?: number;
  /** Of its newest job. */
  readonly jobId?: number;
  readonly state?: string;
  readonly reason?: string;
  readonly coveredTo?: number;
  readonly isOpen: boolean;
  /** Followed from block 0, with nothing left to do. */
  readonly isFilled: boolean;
}

interface Row {
  readonly account: string;
  readonly status: string | null;
  readonly end: number | null;
  readonly job_id: number | null;
  readonly state: string | null;
  readonly reason: string | null;
  readonly covered_to: number | null;
  readonly is_open: boolean;
}

export const historiesOf = async (
  db: Db,
  accounts: readonly LateAccount[],
): Promise<readonly AccountHistory[]> => {
  const addresses = JSON.stringify(accounts.map(({ address }) => address));
  const { rows } = await sql<Row>`
    select asked.account, known.status,
      (select from_block from coverage where account = asked.account and kind = 'STATE' and to_block is null) as "end",
      job.job_id, job.state, job.reason_code as reason, job.covered_to,
      job.job_id is not null and job.finished_at is null as is_open
    from jsonb_array_elements_text(${addresses}::text::jsonb) as asked(account)
    left join accounts known on known.address = asked.account
    left join lateral (
      select * from backfill_jobs where account = asked.account order by job_id desc limit 1
    ) job on true
    order by asked.account`.execute(db);
  return rows.map((row) => ({
    account: row.account,
    isOpen: row.is_open,
    isFilled: row.status === 'FOLLOWED' && row.end === 0 && row.job_id !== null && !row.is_open,
    ...(row.status !== null && { status: row.status }),
    ...(row.end !== null && { end: row.end }),
    ...(row.job_id !== null && { jobId: row.job_id }),
    ...(row.state !== null && { state: row.state }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.covered_to !== null && { coveredTo: row.covered_to }),
  }));
};
