import { PurserError } from '#libs/api';
import { isChainError } from '#libs/chain';
import type { Address } from '#libs/felt';
import { feltToHex } from '#libs/felt';
import { type AccountWish, type FollowOutcome, previewFollows } from '../follows/follow-accounts.ts';
import { lockFollows } from '../follows/follows.repository.ts';
import type { OrganisationWork } from '../organisations/organisation-work.ts';
import { askStandings, type StandingCounts } from './ask-standings.ts';

export interface DryRun {
  readonly outcome: FollowOutcome;
  /** Of those that the organisation does not follow: only these does it not know. */
  readonly unknown: readonly Address[];
}

/** What following the accounts would do. What others follow shows nowhere. */
export const dryRunOf = async (
  { trx, organisationId }: OrganisationWork,
  networkId: number,
  wishes: readonly AccountWish[],
): Promise<DryRun> => {
  const accounts = wishes.map(({ account }) => account);
  const stored = await lockFollows(trx, { organisationId, networkId }, accounts);
  return {
    outcome: previewFollows(stored, wishes),
    unknown: accounts.filter((account) => !stored.has(feltToHex(account))),
  };
};

/** @throws PurserError NODE_UNAVAILABLE */
export const standingsOf = async (
  source: Parameters<typeof askStandings>[0],
  accounts: readonly Address[],
  signal: AbortSignal,
): Promise<StandingCounts> => {
  try {
    return await askStandings(source, accounts, { signal });
  } catch (error) {
    if (!isChainError(error)) throw error;
    throw new PurserError('NODE_UNAVAILABLE', 'The node did not say how all accounts stand.', {
      details: { reason: error.code },
      cause: error,
    });
  }
};
