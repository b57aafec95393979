import { rulesOf, type SpendingTerms } from '#libs/account';
import { isRefill } from '../timeline/refill.ts';
import type { OwnerSignature } from '../timeline/entry-kinds.ts';
import type { GrantTerms, Timeline, TimelineEntry } from '../timeline/timeline.repository.ts';
import type { OfToken } from './of-token.ts';
import type {
  PolicyHistoryEntry,
  PolicyLimits,
  SessionGrant,
  SessionHistoryEntry,
} from './timeline.models.ts';
import { profileOf, type ViewContext } from './views.ts';

/** Nobody can say "never" of events that were not read. */
const isWholeHistory = ({ coverage }: Timeline): boolean => coverage.eventsFrom === 0;

export const sessionEntryView = (
  entry: TimelineEntry,
  timeline: Timeline,
  context: ViewContext,
): SessionHistoryEntry => {
  const { grant, previous, inheritedTokens } = entry;
  const isGranted = grant !== undefined;
  const again = previous === undefined ? 'GRANTED' : 'GRANTED_AGAIN';
  const inherits = inheritedTokens.length > 0;
  return {
    ...actView(entry, timeline, context),
    kind: isGranted ? again : 'REVOKED',
    before: grantView(previous?.grant),
    after: grantView(grant),
    inherited: inherits || isWholeHistory(timeline) ? inherits : null,
    inheritedTokens: [...inheritedTokens],
    usesSince: entry.usesSince ?? null,
  };
};

const grantView = (grant: GrantTerms | undefined): SessionGrant | null =>
  grant === undefined
    ? null
    : {
        validUntil: grant.validUntilSeconds,
        maxCalls: grant.maxCalls,
        allowedEntrypoints: grant.allowedEntrypoints === undefined ? null : [...grant.allowedEntrypoints],
      };

export const policyEntryView = (
  entry: TimelineEntry,
  timeline: Timeline,
  context: ViewContext,
  chainId: bigint,
): PolicyHistoryEntry & OfToken => {
  const { policy, previous, token = 0n } = entry;
  const of = { chainId, token };
  const inForce = previous?.policy !== undefined && previous.policy.maxPerWindow !== 0n;
  const set = inForce ? 'SET_AGAIN' : 'SET';
  return {
    ...actView(entry, timeline, context),
    kind: policy === undefined ? 'REMOVED' : set,
    ...of,
    before: limitsView(previous?.policy, of),
    after: limitsView(policy, of),
    refill: refillView(entry, timeline, context),
    spentBefore: entry.storedBefore?.spentInWindow ?? null,
    usesSince: entry.usesSince ?? null,
  };
};

const limitsView = (terms: SpendingTerms | undefined, of: OfToken): (PolicyLimits & OfToken) | null => {
  if (terms === undefined) return null;
  const { maxPerCall, maxPerWindow, windowSeconds } = terms;
  return { ...of, maxPerCall, maxPerWindow, windowSeconds };
};

const refillView = (entry: TimelineEntry, timeline: Timeline, context: ViewContext): boolean | null => {
  const { policy, previous, block, storedBefore, classBefore } = entry;
  if (policy === undefined) return false;
  if (previous === undefined) return isWholeHistory(timeline) ? false : null;
  if (previous.policy === undefined || previous.policy.maxPerWindow === 0n) return false;
  const refill = isRefill({
    before: storedBefore,
    rule: rulesOf(profileOf(classBefore, context)).windowRule,
    nowSeconds: block.timestampSeconds,
    setInBlock: previous.blockNumber === block.blockNumber,
    usedInBlock: entry.touchedInBlock,
  });
  return refill ?? null;
};

const actView = (entry: TimelineEntry, timeline: Timeline, context: ViewContext) => ({
  blockNumber: entry.block.blockNumber,
  blockHash: entry.block.blockHash,
  timestamp: entry.block.timestampSeconds,
  finality: entry.block.finality,
  transactionHash: entry.transactionHash ?? null,
  ownerSignature: ownerSignature(entry, context),
  beforeKnown: entry.previous !== undefined || isWholeHistory(timeline),
});

/**
 * Sessions and policies change by calls of the account to itself alone. Where the class, before and after the block,
 * is known to keep session keys away from those, only the owner's signature leads there.
 */
const ownerSignature = ({ classBefore, classAfter }: TimelineEntry, context: ViewContext): OwnerSignature => {
  const isGuarded = (classHash: typeof classBefore) =>
    rulesOf(profileOf(classHash, context)).adminGuard === true;
  return isGuarded(classBefore) && isGuarded(classAfter) ? 'PROVEN_BY_CLASS' : 'UNKNOWN';
};
