import { type ClassProfile, lastUsableSeconds, rulesOf, type SessionData } from '#libs/account';
import { accountFindings } from './account-findings.ts';
import type { Finding } from './finding.ts';
import type { SessionRecord } from '../read/records.ts';
import type { WatchedKey, WatchListing } from './findings.repository.ts';
import { sessionFindings, type WatchedRules } from './session-findings.ts';

/** The rules that findings ask of a class. */
export const watchedRules = (profile: ClassProfile | undefined): WatchedRules => {
  const { adminGuard, selfCallGuard } = rulesOf(profile);
  return { adminGuard, selfCallGuard };
};

/** Of a key, what is judged. */
interface JudgedKey extends Omit<WatchedKey, 'session'> {
  readonly session: Pick<SessionRecord, 'data' | 'allowedEntrypoints' | 'lifecycleBlock'>;
}

/** What is wrong with a key of the index at the time of the block, by the rules of its class. */
export const findingsOfKey = (
  { session, revokedBeforeInBlock, policies }: JudgedKey,
  rules: WatchedRules,
  nowSeconds: bigint,
): Finding[] => {
  const watched = {
    isUsable: isUsable(session.data, nowSeconds),
    allowedEntrypoints: session.allowedEntrypoints,
    grantedInBlock: session.lifecycleBlock,
    revokedBeforeInBlock,
  };
  return sessionFindings(watched, policies, rules);
};

/** Whether the chain would still take a call of the key: to the end of the hour in which it expires. */
const isUsable = ({ validUntilSeconds, callsUsed, maxCalls }: SessionData, nowSeconds: bigint): boolean =>
  validUntilSeconds !== 0n &&
  callsUsed < maxCalls &&
  nowSeconds <= lastUsableSeconds('INVOKE', validUntilSeconds);

export const findingsOfAccount = (listing: WatchListing, profile: ClassProfile | undefined): Finding[] =>
  accountFindings({
    classHash: listing.classHash,
    isClassKnown: profile !== undefined,
    signsAnyHash: profile?.fourFeltIsValidSignature?.value,
    hasUsableKeys: listing.hasUsableKeys,
    classChangedInBlock: listing.classChangedInBlock,
    ownerChangedInBlock: listing.ownerChangedInBlock,
  });
