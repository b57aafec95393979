import {
  type ClassProfile,
  lastUsableSeconds,
  type ProfileRegistry,
  remainingCalls,
  rulesOf,
} from '#libs/account';
import { type AsOf, encodeNodeId, type IndexerStatus } from '#libs/api';
import { type ClassHash, type Felt, feltToHex, U64_MAX } from '#libs/felt';
import { blocksOf } from '../blocked-by.ts';
import { adminGuardOf, describeEntrypoint, entrypointScope } from '../entrypoints.ts';
import { historyOf } from '../history.ts';
import type { AccountRecord } from '../index-store/account-list.repository.ts';
import { budgetStanding } from '../policy-status.ts';
import type { Origin, PolicyRecord, SessionRecord } from '../records.ts';
import { sessionStanding } from '../session-status.ts';
import type { BlockedBy } from './blocked-by.models.ts';
import type { Account } from './account.models.ts';
import type { SpendingPolicy } from './policy.models.ts';
import type { Entrypoint, Session } from './session.models.ts';

/** What turning records into answers needs besides the records. */
export interface ViewContext {
  readonly profiles: ProfileRegistry;
  readonly status: IndexerStatus;
}

export const asOfView = ({ network, block }: Origin, status: IndexerStatus): AsOf => {
  const head = status.networks().find(({ networkId }) => networkId === network.networkId)?.head;
  return {
    chainId: network.chainId,
    network: network.label,
    blockNumber: block.blockNumber,
    blockHash: block.blockHash,
    timestamp: block.timestampSeconds,
    finality: block.finality,
    lagBlocks: head === undefined ? null : Math.max(0, head.blockNumber - block.blockNumber),
  };
};

export const sessionView = (session: SessionRecord, origin: Origin, context: ViewContext): Session => {
  const { status, reason } = sessionStanding(session, origin.block.timestampSeconds);
  const { validUntilSeconds, maxCalls, callsUsed } = session.data;
  const profile = profileOf(session.classHash, context);
  return {
    id: encodeNodeId('Session', origin.network, [session.account, session.sessionKey].map(feltToHex)),
    chainId: origin.network.chainId,
    account: session.account,
    sessionKey: session.sessionKey,
    status,
    reason: reason ?? null,
    isActive: status === 'ACTIVE',
    validUntil: validUntilSeconds === 0n ? null : validUntilSeconds,
    usableUntil: validUntilSeconds === 0n ? null : usableUntil(validUntilSeconds),
    maxCalls,
    callsUsed,
    remainingCalls: remainingCalls(session.data),
    ...listView(session, status, profile),
    classHash: session.classHash ?? null,
    className: profile?.name ?? null,
    lifecycle: {
      revoked: session.lifecycle === 'REVOKED',
      blockNumber: session.lifecycleBlock ?? null,
      transactionHash: session.lifecycleTransaction ?? null,
    },
    asOf: asOfView(origin, context.status),
    source: origin.source,
    history: historyOf(session.coverage),
  };
};

/** The end of the expiry's hour, within the type that the chain keeps times in. */
const usableUntil = (validUntilSeconds: bigint): bigint => {
  const last = lastUsableSeconds('INVOKE', validUntilSeconds);
  return last > U64_MAX ? U64_MAX : last;
};

const listView = (
  { allowedEntrypoints, data }: SessionRecord,
  status: Session['status'],
  profile: ClassProfile | undefined,
): Pick<Session, 'allowedEntrypoints' | 'entrypoints' | 'entrypointScope' | 'adminGuard'> => {
  const adminGuard = adminGuardOf(rulesOf(profile).adminGuard);
  const entries = allowedEntrypoints?.map((selector: Felt): Entrypoint => {
    const { name, storedText, effective } = describeEntrypoint(selector, adminGuard);
    return { selector, name: name ?? null, storedText: storedText ?? null, effective: effective ?? null };
  });
  return {
    allowedEntrypoints: allowedEntrypoints === undefined ? null : [...allowedEntrypoints],
    entrypoints: entries ?? null,
    entrypointScope: entrypointScope(data.allowedEntrypointsLen, status, adminGuard),
    adminGuard,
  };
};

export const policyView = (row: PolicyRecord, origin: Origin, context: ViewContext): SpendingPolicy => {
  const rule = profileOf(row.classHash, context)?.windowRule;
  const budget = budgetStanding(row.policy, rule?.value, origin.block.timestampSeconds);
  const { policy } = row;
  return {
    id: encodeNodeId(
      'SpendingPolicy',
      origin.network,
      [row.account, row.sessionKey, row.token].map(feltToHex),
    ),
    chainId: origin.network.chainId,
    account: row.account,
    sessionKey: row.sessionKey,
    token: row.token,
    state: budget.state,
    reason: budget.reason ?? null,
    maxPerCall: policy.maxPerCall,
    maxPerWindow: policy.maxPerWindow,
    windowSeconds: policy.windowSeconds,
    storedSpent: policy.spentInWindow,
    windowStart: policy.windowStartSeconds === 0n ? null : policy.windowStartSeconds,
    effectiveSpent: budget.effectiveSpent ?? null,
    remaining: budget.remaining ?? null,
    largestCall: budget.largestCall ?? null,
    reset: budget.reset ?? null,
    resetsAt: budget.resetsAtSeconds ?? null,
    blockedByOverflow: budget.blockedByOverflow ?? null,
    windowRule: rule === undefined ? null : { ...rule.value, evidence: rule.evidence },
    asOf: asOfView(origin, context.status),
    source: origin.source,
    history: historyOf(row.coverage),
  };
};

export const blockedByView = (
  session: SessionRecord,
  policies: readonly PolicyRecord[],
  { block: { timestampSeconds: nowSeconds } }: Origin,
  context: ViewContext,
): BlockedBy[] => {
  const { adminGuard, windowRule } = rulesOf(profileOf(session.classHash, context));
  const { data, lifecycle, allowedEntrypoints } = session;
  const standings = policies.map(({ token, policy }) => ({
    token,
    maxPerCall: policy.maxPerCall,
    maxPerWindow: policy.maxPerWindow,
    storedSpent: policy.spentInWindow,
    standing: budgetStanding(policy, windowRule, nowSeconds),
  }));
  const question = { data, lifecycle, allowedEntrypoints, policies: standings, nowSeconds };
  return blocksOf({ ...question, adminGuard: adminGuardOf(adminGuard) }).map((block) => ({
    code: block.code,
    message: block.message,
    repair: block.repair,
    token: block.token ?? null,
    resetsAt: block.resetsAtSeconds ?? null,
  }));
};

export const accountView = (account: AccountRecord, origin: Origin, context: ViewContext): Account => ({
  id: encodeNodeId('Account', origin.network, [feltToHex(account.address)]),
  chainId: origin.network.chainId,
  address: account.address,
  label: account.label ?? null,
  team: account.team ?? null,
  costCentre: account.costCentre ?? null,
  groups: account.groups.map(({ id, name }) => ({ id, name })),
  foundBy: account.foundBy,
  status: account.status,
  reasonCode: account.reasonCode ?? null,
  attribution: account.attribution,
  classHash: account.classHash ?? null,
  className: profileOf(account.classHash, context)?.name ?? null,
  sessionKeyCount: account.sessionKeyCount ?? null,
  asOf: asOfView(origin, context.status),
  history: historyOf(account.coverage),
});

export const profileOf = (
  classHash: ClassHash | undefined,
  { profiles }: ViewContext,
): ClassProfile | undefined => (classHash === undefined ? undefined : profiles.find(classHash));
