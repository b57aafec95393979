import { type BackfillJob, backfillProgress } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import type { PlanChoice, PlanOutcome } from '#libs/indexing';
import type { PlannedAccount } from '../storage/backfills.repository.ts';
import { progressText } from './progress-text.ts';
import { showDuration } from './times.ts';

/** One job as a line that says how far it is. */
export const backfillText = (job: BackfillJob): string => {
  const { jobId, account, state, reasonCode } = job;
  const name = `job ${jobId}, ${feltToHex(account)}`;
  if (state !== 'RUNNING') return `${name}: ${state}${reasonCode === undefined ? '' : ` (${reasonCode})`}`;
  const progress = backfillProgress(job);
  return progress === null
    ? `${name}: looking`
    : progressText(name, progress, { things: 'calls', isAbout: true });
};

export const jobRow = (job: BackfillJob) => {
  const progress = backfillProgress(job);
  const left = progress?.secondsLeft ?? undefined;
  return [
    job.jobId,
    feltToHex(job.account),
    job.state,
    job.fromBlock,
    job.coveredTo,
    `${job.callsMade}${progress === null ? '' : ` of ${progress.total}`}`,
    job.finishedAt !== undefined || left === undefined ? undefined : showDuration(left),
    job.reasonCode,
  ];
};

export const jobJson = (job: BackfillJob) => ({
  ...job,
  account: feltToHex(job.account),
  secondsLeft: backfillProgress(job)?.secondsLeft ?? null,
});

/** What a back-fill of an account would do, for both kinds of nodes. */
export const planText = ({ account, withUpdateBlock, without }: PlannedAccount): string =>
  withUpdateBlock.outcome === 'PLAN'
    ? [
        account,
        ...outcomeLines('where the node tells the block of the last update', withUpdateBlock),
        ...outcomeLines('where it does not', without),
      ].join('\n')
    : `${account}: ${SAID[withUpdateBlock.outcome]}`;

const SAID = {
  COMPLETE: 'the history is there already',
  NOT_FOLLOWED: 'not followed yet: the plan is made when it is',
} as const;

const outcomeLines = (when: string, outcome: PlanOutcome): string[] => {
  if (outcome.outcome !== 'PLAN') return [];
  const { plan, mostCallsBeside } = outcome;
  return [
    `  ${when}: at most ${plan.mostCalls + mostCallsBeside} calls for blocks ${plan.from} to ${plan.to}`,
    ...plan.choices.map(choiceLine),
    ...plan.caveats.map((caveat) => `    note: ${caveat}`),
  ];
};

const choiceLine = ({
  subject,
  method,
  sessionKey,
  token,
  from,
  to,
  reason,
  mostCalls,
}: PlanChoice): string => {
  const of = [sessionKey, token].filter((part) => part !== undefined).map((part) => ` ${feltToHex(part)}`);
  return `    ${subject} ${method}${of.join('')}, blocks ${from} to ${to}, at most ${mostCalls} calls: ${reason}`;
};
