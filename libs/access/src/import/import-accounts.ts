import {
  type AccountWish,
  type FollowOutcome,
  followAccounts,
  MOST_ACCOUNTS,
} from '../follows/follow-accounts.ts';
import type { OrganisationWork } from '../organisations/organisation-work.ts';

/** Runs work in a transaction of its own, as in workForOrganisation. */
export type InTransaction = <T>(work: (work: OrganisationWork) => Promise<T>) => Promise<T>;

/**
 * Lets an organisation follow many accounts, 500 in each transaction. What is cut off has done the first of them; done
 * again it goes on, since accounts that are followed with these texts already are not written.
 * @param onProgress told how many are done after each transaction
 */
export const importAccounts = async (
  inTransaction: InTransaction,
  networkId: number,
  wishes: readonly AccountWish[],
  onProgress: (done: number) => void,
): Promise<FollowOutcome> => {
  let total: FollowOutcome = { followed: 0, changed: 0, unchanged: 0 };
  for (let at = 0; at < wishes.length; at += MOST_ACCOUNTS) {
    const chunk = wishes.slice(at, at + MOST_ACCOUNTS);
    const done = await inTransaction((work) => followAccounts(work, networkId, chunk, 'IMPORT'));
    total = {
      followed: total.followed + done.followed,
      changed: total.changed + done.changed,
      unchanged: total.unchanged + done.unchanged,
    };
    onProgress(at + chunk.length);
  }
  return total;
};
