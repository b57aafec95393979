import { AccountError } from '../account.error.ts';

/** Members and variants that are looked at in one ABI. Real accounts take a few hundred. */
const MAX_VISITS = 10_000;

/** Counts one step of a walk through an ABI. @throws AccountError INVALID_ABI after too many. */
export type VisitAbi = () => void;

/** A count for one ABI: names that point at each other let a short text describe a walk without end. */
export const countAbiVisits = (): VisitAbi => {
  let left = MAX_VISITS;
  return () => {
    left -= 1;
    if (left < 0) throw new AccountError('INVALID_ABI', 'the ABI describes too much to be read');
  };
};
