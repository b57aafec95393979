import type { Address } from '#libs/felt';
import { policyChangeKinds, sessionChangeKinds } from '../changes/change-kinds.ts';
import type {
  Differences,
  PolicyDifference,
  PolicyPoint,
  SessionDifference,
  SessionPoint,
} from '../changes/changes.repository.ts';
import { historyOf } from '../history.ts';
import type { ServedNetwork } from '../ports.ts';
import type { Origin } from '../records.ts';
import type { ChangesBetween, PolicyChange, SessionChange } from './changes.models.ts';
import type { OfToken } from './of-token.ts';
import type { SessionParent } from './session.resolver.ts';
import { asOfView, policyView, sessionView, type ViewContext } from './views.ts';

/** One side of a difference: the block, and what the records of that block need to be shown. */
interface Side {
  readonly account: Address;
  readonly origin: Origin;
  readonly classHash: Differences['classBefore'];
  readonly coverage: Differences['coverage'];
}

export const changesView = (
  account: Address,
  found: Differences,
  network: ServedNetwork,
  most: number,
  context: ViewContext,
): ChangesBetween => {
  const { coverage, classBefore, classAfter, isClassKnown } = found;
  const sideOf = (block: Origin['block'], classHash: Side['classHash']): Side => {
    return { account, origin: { network, block, source: 'INDEX' }, classHash, coverage };
  };
  const sides = [sideOf(found.from, classBefore), sideOf(found.to, classAfter)] as const;
  const owners = found.owners.map((owner) => ({ ...owner, transactionHash: owner.transactionHash ?? null }));
  const classView = {
    before: classBefore ?? null,
    after: classAfter ?? null,
    changed: classBefore !== classAfter,
  };
  return {
    chainId: network.chainId,
    account,
    from: asOfView(sides[0].origin, context.status),
    to: asOfView(sides[1].origin, context.status),
    class: isClassKnown ? classView : null,
    owners: isClassKnown ? owners : null,
    sessions: found.sessions.slice(0, most).flatMap((change) => sessionChange(change, sides, context)),
    policies: found.policies.slice(0, most).flatMap((change) => policyChange(change, sides, context)),
    complete: found.sessions.length <= most && found.policies.length <= most,
    history: historyOf(coverage),
  };
};

const sessionChange = (
  { sessionKey, before, after, used }: SessionDifference,
  [from, to]: readonly [Side, Side],
  context: ViewContext,
): SessionChange[] => {
  const kinds = [...sessionChangeKinds(before, after)];
  if (kinds.length === 0) return [];
  const view = (point: SessionPoint | undefined, side: Side) =>
    point === undefined ? null : sessionParent(sessionKey, point, side, context);
  return [{ sessionKey, kinds, before: view(before, from), after: view(after, to), callsUsed: used ?? null }];
};

const sessionParent = (
  sessionKey: SessionDifference['sessionKey'],
  { policies, ...point }: SessionPoint,
  { account, origin, classHash, coverage }: Side,
  context: ViewContext,
): SessionParent => {
  const session = { account, sessionKey, ...point, classHash, coverage };
  const answer = { origin, session, policies: () => Promise.resolve(policies) };
  return { ...sessionView(session, origin, context), answer };
};

const policyChange = (
  { sessionKey, token, before, after, spent }: PolicyDifference,
  [from, to]: readonly [Side, Side],
  context: ViewContext,
): (PolicyChange & OfToken)[] => {
  const { chainId } = from.origin.network;
  const kinds = [...policyChangeKinds(before, after, spent)];
  if (kinds.length === 0) return [];
  const view = (point: PolicyPoint | undefined, { origin, ...side }: Side) => {
    if (point === undefined || (point.lifecycle === 'REMOVED' && point.policy.maxPerWindow === 0n))
      return null;
    return policyView({ ...side, sessionKey, token, policy: point.policy }, origin, context);
  };
  return [
    {
      ...{ chainId, sessionKey, token, kinds },
      ...{ before: view(before, from), after: view(after, to), spent: spent ?? null },
    },
  ];
};
