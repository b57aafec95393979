import { PurserError } from '#libs/api';
import { type Address, feltToHex } from '#libs/felt';
import { appendAudits, type AuditEntry } from '../audit/append-audit.ts';
import { holdPortfolio, type OrganisationWork } from '../organisations/organisation-work.ts';
import {
  dropFollows,
  dropUnfollows,
  type FollowTexts,
  lockFollows,
  putFollows,
  requestFromIndexer,
  type StoredFollow,
} from './follows.repository.ts';
import { faultOfText, LONGEST_TEXTS, TEXT_NAMES, tidyText } from './texts.ts';

/** Accounts that are changed in one transaction. */
export const MOST_ACCOUNTS = 500;

/** What to say of an account. Undefined leaves a text as it is; null, or one of blanks, takes it away. */
export interface AccountWish {
  readonly account: Address;
  readonly label?: string | null | undefined;
  readonly team?: string | null | undefined;
  readonly costCentre?: string | null | undefined;
}

export interface FollowOutcome {
  readonly followed: number;
  /** Followed before, with other texts. */
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * Lets the organisation follow accounts, and gives them its texts. Done twice it changes nothing the second time. The
 * indexer is asked for them; a rejected one is looked at again.
 * @throws PurserError BAD_INPUT for more than 500, one that comes twice, and texts that are too long or not printable
 */
export const followAccounts = async (
  work: OrganisationWork,
  networkId: number,
  wishes: readonly AccountWish[],
  source: 'ADDED' | 'IMPORT',
): Promise<FollowOutcome> => {
  const tidy = tidyWishes(wishes);
  if (tidy.length === 0) return { followed: 0, changed: 0, unchanged: 0 };
  await holdPortfolio(work);
  const of = { organisationId: work.organisationId, networkId };
  const accounts = tidy.map(({ account }) => account);
  const before = await lockFollows(work.trx, of, accounts);
  // The accounts first, as the indexer writes them: then neither waits for the other.
  await requestFromIndexer(work.trx, networkId, accounts);
  const changes = changesOf(before, tidy, source);
  await putFollows(
    work.trx,
    of,
    changes.map(({ after }) => after),
  );
  await dropUnfollows(work.trx, of, accounts);
  await appendAudits(
    work.trx,
    work.actor,
    changes.map((change) => entryOf(networkId, change)),
  );
  return outcomeOf(changes, tidy.length);
};

/** What followAccounts would do, given what is followed. Pure. */
export const previewFollows = (
  stored: ReadonlyMap<string, StoredFollow>,
  wishes: readonly AccountWish[],
): FollowOutcome => outcomeOf(changesOf(stored, wishes, 'IMPORT'), wishes.length);

const outcomeOf = (changes: readonly Change[], wishes: number): FollowOutcome => {
  const followed = changes.filter(({ before }) => before === undefined).length;
  return { followed, changed: changes.length - followed, unchanged: wishes - changes.length };
};

/**
 * Says something else of accounts that the organisation follows.
 * @returns how many are other than before
 * @throws PurserError NOT_FOUND for one that it does not follow; BAD_INPUT as followAccounts does
 */
export const labelAccounts = async (
  work: OrganisationWork,
  networkId: number,
  wishes: readonly AccountWish[],
): Promise<number> => {
  const tidy = tidyWishes(wishes);
  if (tidy.length === 0) return 0;
  await holdPortfolio(work);
  const of = { organisationId: work.organisationId, networkId };
  const accounts = tidy.map(({ account }) => account);
  const before = await lockFollows(work.trx, of, accounts);
  requireFollowed(before, accounts);
  const changes = changesOf(before, tidy, 'ADDED');
  await putFollows(
    work.trx,
    of,
    changes.map(({ after }) => after),
  );
  await appendAudits(
    work.trx,
    work.actor,
    changes.map((change) => entryOf(networkId, change)),
  );
  return changes.length;
};

/**
 * Ends that the organisation follows accounts; nobody else is touched, and the index goes on with them. Its rules pass
 * them over from then on. Those that it does not follow stay so.
 * @returns how many it followed
 * @throws PurserError BAD_INPUT for more than 500
 */
export const unfollowAccounts = async (
  work: OrganisationWork,
  networkId: number,
  accounts: readonly Address[],
): Promise<number> => {
  requireFew(accounts.length);
  await holdPortfolio(work);
  const of = { organisationId: work.organisationId, networkId };
  const before = [...(await lockFollows(work.trx, of, accounts)).values()];
  await dropFollows(
    work.trx,
    of,
    before.map(({ account }) => account),
  );
  const entries = before.map((follow): AuditEntry => {
    const objectId = accountId(networkId, follow.account);
    return { action: 'ACCOUNT_UNFOLLOWED', objectKind: 'ACCOUNT', objectId, before: auditOf(follow) };
  });
  await appendAudits(work.trx, work.actor, entries);
  return before.length;
};

/** @throws PurserError BAD_INPUT */
export const requireFew = (count: number): void => {
  if (count > MOST_ACCOUNTS)
    throw new PurserError('BAD_INPUT', `At most ${MOST_ACCOUNTS} accounts at a time; ${count} were given.`);
};

/** @throws PurserError NOT_FOUND, with the first ten of them */
export const requireFollowed = (
  followed: Pick<ReadonlyMap<string, unknown>, 'has'>,
  accounts: readonly Address[],
): void => {
  const missing = accounts.map(feltToHex).filter((account) => !followed.has(account));
  if (missing.length > 0)
    throw new PurserError('NOT_FOUND', 'The organisation does not follow all of these accounts.', {
      details: { accounts: missing.slice(0, 10) },
    });
};

/** An account as scopes and the audit log name it. */
export const accountId = (networkId: number, account: string): string => `${networkId}/${account}`;

interface Change {
  readonly before: StoredFollow | undefined;
  readonly after: StoredFollow;
}

const NO_TEXTS: FollowTexts = { label: null, team: null, costCentre: null };

const changesOf = (
  stored: ReadonlyMap<string, StoredFollow>,
  wishes: readonly AccountWish[],
  source: 'ADDED' | 'IMPORT',
): Change[] =>
  wishes.flatMap(({ account, ...texts }) => {
    const before = stored.get(feltToHex(account));
    const old = before ?? { ...NO_TEXTS, account: feltToHex(account), source };
    const after = { ...old, ...withoutUndefined(texts) };
    const isSame = before !== undefined && TEXT_NAMES.every((name) => before[name] === after[name]);
    return isSame ? [] : [{ before, after }];
  });

const withoutUndefined = (texts: Omit<AccountWish, 'account'>): Partial<FollowTexts> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));

const entryOf = (networkId: number, { before, after }: Change): AuditEntry => {
  const objectId = accountId(networkId, after.account);
  const object = { objectKind: 'ACCOUNT', objectId, after: auditOf(after) } as const;
  return before === undefined
    ? { action: 'ACCOUNT_FOLLOWED', ...object }
    : { action: 'ACCOUNT_LABELLED', ...object, before: auditOf(before) };
};

const auditOf = ({ label, team, costCentre, source }: StoredFollow) => ({ label, team, costCentre, source });

const tidyWishes = (wishes: readonly AccountWish[]): AccountWish[] => {
  requireFew(wishes.length);
  if (new Set(wishes.map(({ account }) => account)).size !== wishes.length)
    throw new PurserError('BAD_INPUT', 'An account is given twice.');
  return wishes.map((wish) => ({
    ...wish,
    ...Object.fromEntries(TEXT_NAMES.map((name) => [name, tidied(wish[name], LONGEST_TEXTS[name])])),
  }));
};

const tidied = (text: string | null | undefined, longest: number): string | null | undefined => {
  if (text === null || text === undefined) return text;
  return requireText(text, longest);
};

/** @throws PurserError BAD_INPUT for a text that is too long or not printable. Null: nothing is left of it. */
export const requireText = (text: string, longest: number): string | null => {
  const tidy = tidyText(text);
  const fault = tidy === null ? undefined : faultOfText(tidy, longest);
  if (fault === 'TEXT_TOO_LONG')
    throw new PurserError('BAD_INPUT', `A text is longer than ${longest} characters.`);
  if (fault !== undefined)
    throw new PurserError('BAD_INPUT', 'A text has control characters or others that cannot be seen.');
  return tidy;
};
