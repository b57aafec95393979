import type { FollowOutcome, RowFault } from '#libs/access';
import type { Assessment } from '../storage/assess-import.ts';
import { showDuration } from './times.ts';

/** What an import did, or would do. */
export interface ImportReport {
  readonly network: string;
  readonly organisation: string;
  /** Of the file, the first line left out. */
  readonly rows: number;
  readonly good: number;
  /** Lines that are wrong, and every fault of each. */
  readonly wrong: number;
  readonly faults: readonly RowFault[];
  /** Of the dry run. */
  readonly assessment?: Assessment;
  /** Of the import. Absent: nothing was written. */
  readonly outcome?: FollowOutcome;
}

/** For people, without the faults: they are told line by line. */
export const importText = (report: ImportReport): string => {
  const { rows, good, wrong, network, organisation, assessment, outcome } = report;
  const head = `${rows} rows for ${organisation} on ${network}: ${good} good, ${wrong} wrong`;
  if (outcome !== undefined) {
    const { followed, changed, unchanged } = outcome;
    return `${head}\n${followed} followed, ${changed} changed, ${unchanged} as they were`;
  }
  return assessment === undefined
    ? `${head}\nnothing was written`
    : [head, ...assessmentLines(assessment)].join('\n');
};

const assessmentLines = ({ followed, index, node, backfill }: Assessment): string[] => {
  const { planned, unplanned, seconds } = backfill;
  const sampled = planned.sampled < planned.accounts ? ` (planned for ${planned.sampled} of them)` : '';
  return [
    `followed already: ${followed}`,
    `in the index: ${index.FOLLOWED} known, ${index.PENDING} waiting, ${index.REJECTED} rejected; new: ${index.NEW}`,
    node === null
      ? 'the node was not asked'
      : `of those not known, by the node: ${node.UNDEPLOYED} not deployed, ${node.WITHOUT_SESSIONS} without sessions, ` +
        `${node.WITH_SESSIONS} with, ${node.UNREADABLE} whose class cannot be read`,
    `back-fill of the ${planned.accounts} that are known: at most ${planned.mostCalls} calls to nodes, ` +
      `${planned.mostCallsWithoutUpdateBlock} where the node does not tell the block of an update${sampled}`,
    `back-fill of the ${unplanned.accounts} others: at least ${unplanned.leastCalls} calls; each key and each use is more`,
    `together at least ${showDuration(seconds)} at the calls a second that back-fills may make`,
    'dry run: nothing was written',
  ];
};
