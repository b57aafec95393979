import type { BackfillJob } from './backfill-jobs.repository.ts';

/** How far a back-fill is, in calls to nodes. */
export interface CallProgress {
  readonly done: number;
  /** About. */
  readonly total: number;
  /** Null before the first calls are made. */
  readonly ratePerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Null while it is not known how many calls it takes. */
export const backfillProgress = ({
  callsMade,
  callsLeft,
  callsPerSecond,
}: Pick<BackfillJob, 'callsMade' | 'callsLeft' | 'callsPerSecond'>): CallProgress | null =>
  callsLeft === undefined
    ? null
    : {
        done: callsMade,
        total: callsMade + callsLeft,
        ratePerSecond: callsPerSecond ?? null,
        secondsLeft: callsPerSecond === undefined ? null : Math.ceil(callsLeft / callsPerSecond),
      };
