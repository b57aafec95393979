import { createHash } from 'node:crypto';
import { type ClassProfile, type ProfileRegistry, remainingCalls } from '#libs/account';
import type { IndexerStatus } from '#libs/api';
import { feltToHex, parseAddress, parseFelt, parseSessionKey, toClassHash } from '#libs/felt';
import {
  asOfView,
  budgetStanding,
  findingView,
  type PolicyPoint,
  type ServedNetwork,
  sessionStanding,
  type SessionPoint,
} from '#libs/sessions';
import { scaled } from '#libs/spending';
import { type Change, idOf, subjectOf } from '../change.ts';
import type { ChangedEvent, PolicyAfterBlock, SessionAfterBlock } from './changed.models.ts';

export interface ChangedContext {
  readonly network: ServedNetwork;
  readonly profiles: ProfileRegistry;
  readonly status: IndexerStatus;
}

const NOTHING = {
  sessionChanges: [],
  session: null,
  policyChanges: [],
  policy: null,
  appeared: [],
  ended: [],
  retracts: null,
  retractedKind: null,
};

/** An event as it is answered. */
export const changedView = (change: Change, cursor: string, context: ChangedContext): ChangedEvent => {
  const { network, status } = context;
  const { block, told, place } = change;
  const [account, sessionKey, token] = place;
  const id = idOf(feltToHex(network.genesisHash), feltToHex(block.blockHash), place);
  return {
    ...NOTHING,
    ...{ id: told.kind === 'RETRACTED' ? retractionIdOf(id) : id, kind: told.kind, cursor },
    asOf: asOfView({ network, block, source: 'INDEX' }, status),
    chainId: network.chainId,
    account: account === '' ? null : parseAddress(account),
    sessionKey: sessionKey === '' ? null : parseSessionKey(sessionKey),
    token: token === '' ? null : parseAddress(token),
    ...toldView(change, id, context),
  };
};

/** A block may leave the chain more than once: each time it is the same that is taken back. */
const retractionIdOf = (id: string): string =>
  `chg_${createHash('sha256').update(`not ${id}`).digest('hex').slice(0, 32)}`;

const toldView = (change: Change, id: string, context: ChangedContext): Partial<ChangedEvent> => {
  const { told, block } = change;
  switch (told.kind) {
    case 'SESSION':
      return {
        sessionChanges: [...told.changes],
        session: told.after === undefined ? null : sessionAfter(told.after, block.timestampSeconds),
      };
    case 'POLICY':
      return {
        policyChanges: [...told.changes],
        policy:
          told.after === undefined
            ? null
            : policyAfter(told.after, {
                ...{ profile: profileOf(told.classHash, context), decimals: told.decimals },
                nowSeconds: block.timestampSeconds,
              }),
      };
    case 'FINDING':
      return { appeared: told.appeared.map(findingView), ended: told.ended.map(findingView) };
    case 'RETRACTED':
      return { retracts: id, retractedKind: subjectOf(change) };
    case 'FINALIZED':
      return {};
  }
};

const profileOf = (classHash: string | undefined, { profiles }: ChangedContext): ClassProfile | undefined =>
  classHash === undefined ? undefined : profiles.find(toClassHash(parseFelt(classHash)));

const sessionAfter = (point: SessionPoint, nowSeconds: bigint): SessionAfterBlock => {
  const { validUntilSeconds, maxCalls, callsUsed } = point.data;
  return {
    status: sessionStanding(point, nowSeconds).status,
    validUntil: validUntilSeconds === 0n ? null : validUntilSeconds,
    ...{ maxCalls, callsUsed },
    remainingCalls: remainingCalls(point.data),
    allowedEntrypoints: point.allowedEntrypoints === undefined ? null : [...point.allowedEntrypoints],
  };
};

interface PolicyWorld {
  readonly profile: ClassProfile | undefined;
  /** Of the token. */
  readonly decimals: number | null;
  readonly nowSeconds: bigint;
}

/** Storage decides: a policy that limits is in force whatever the last event said. */
const policyAfter = (
  { lifecycle, policy }: PolicyPoint,
  { profile, decimals, nowSeconds }: PolicyWorld,
): PolicyAfterBlock | null => {
  const { maxPerCall, maxPerWindow, windowSeconds, spentInWindow } = policy;
  if (lifecycle === 'REMOVED' && maxPerWindow === 0n) return null;
  const { state, remaining, resetsAtSeconds } = budgetStanding(
    policy,
    profile?.windowRule?.value,
    nowSeconds,
  );
  return {
    ...{ state, maxPerCall, maxPerWindow, windowSeconds },
    storedSpent: spentInWindow,
    remaining: remaining ?? null,
    resetsAt: resetsAtSeconds ?? null,
    maxPerCallScaled: scaled(maxPerCall, decimals),
    maxPerWindowScaled: scaled(maxPerWindow, decimals),
    storedSpentScaled: scaled(spentInWindow, decimals),
    remainingScaled: remaining === undefined ? null : scaled(remaining, decimals),
  };
};
