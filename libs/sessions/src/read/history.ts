import type { History } from '#libs/api';
import { backfillProgress } from '#libs/facts';
import type { Address } from '#libs/felt';
import { historyIncompleteAt, type Moment } from './moment.ts';
import type { AnswerBlock, CoverageRecord } from './records.ts';

/** How far back the state of an account is known, in words of the API. */
export const historyOf = ({ stateFrom, eventsFrom, backfill }: CoverageRecord): History => {
  const completeFrom =
    stateFrom === undefined || eventsFrom === undefined ? null : Math.max(stateFrom, eventsFrom);
  return {
    completeFrom,
    complete: completeFrom === 0,
    progress: backfill ? backfillProgress(backfill) : null,
  };
};

/** Whether a key that the index does not have is one that the account never had. */
export const knowsEveryKey = ({ eventsFrom }: CoverageRecord): boolean => eventsFrom === 0;

/** @throws PurserError HISTORY_INCOMPLETE where a past block is asked for that the account's state is not known at */
export const requireHistory = (
  account: Address,
  { stateFrom }: CoverageRecord,
  block: AnswerBlock,
  at: Moment,
): void => {
  if (at !== undefined && stateFrom === undefined) throw historyIncompleteAt([account], block);
};
