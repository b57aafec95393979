import type { AccountEvent } from '#libs/account';
import type { Address, SessionKey } from '#libs/felt';
import { type PolicyLifecycle, policyIdOf, type SessionLifecycle } from './account-state.ts';

/** What an event says that the owner did to a session key or to a spending policy. */
export type LifecycleChange =
  | { readonly subject: 'SESSION'; readonly sessionKey: SessionKey; readonly lifecycle: SessionLifecycle }
  | {
      readonly subject: 'POLICY';
      readonly sessionKey: SessionKey;
      readonly token: Address;
      readonly lifecycle: PolicyLifecycle;
    };

/** Nothing for the events that are facts only and change neither. */
export const lifecycleChangeOf = (event: AccountEvent): LifecycleChange | undefined => {
  switch (event.kind) {
    case 'SessionKeyAdded':
      return { subject: 'SESSION', sessionKey: event.sessionKey, lifecycle: 'REGISTERED' };
    case 'SessionKeyRevoked':
      return { subject: 'SESSION', sessionKey: event.sessionKey, lifecycle: 'REVOKED' };
    case 'SpendingPolicySet':
      return { subject: 'POLICY', sessionKey: event.sessionKey, token: event.token, lifecycle: 'SET' };
    case 'SpendingPolicyRemoved':
      return { subject: 'POLICY', sessionKey: event.sessionKey, token: event.token, lifecycle: 'REMOVED' };
    case 'CallFailed':
    case 'SessionSignatureModeUpdated':
    case 'OwnerAdded':
    case 'OwnerRemoved':
    case 'Upgraded':
    case 'UpgradeScheduled':
    case 'UpgradeExecuted':
    case 'UpgradeCancelled':
    case 'AgentIdSet':
      return undefined;
  }
};

/** One name for the key or policy that a change is about. */
export const subjectOf = (change: LifecycleChange): string =>
  change.subject === 'SESSION'
    ? `session:${change.sessionKey.toString(16)}`
    : `policy:${policyIdOf(change.sessionKey, change.token)}`;
