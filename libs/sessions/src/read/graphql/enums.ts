import type { WindowRule } from '#libs/account';
import type { AccountSource, AccountStatus } from '#libs/database';
import { registerEnumType } from '@nestjs/graphql';
import type { OwnerSignature, PolicyEntryKind, SessionEntryKind } from '../timeline/entry-kinds.ts';
import type { PolicyChangeKind, SessionChangeKind } from '../changes/change-kinds.ts';
import type { OwnerDifference } from '../changes/changes.repository.ts';
import type { BlockCode, Repair } from '../blocked-by.ts';
import type { BudgetReset, BudgetState } from '../policy-status.ts';
import type { AdminGuard, EntrypointScope } from '../entrypoints.ts';
import type { AccountOrder } from '../index-store/account-list.statement.ts';
import type { SessionOrder } from '../index-store/session-list.statement.ts';
import type { SessionReasonCode, SessionStatus } from '../session-status.ts';

/** A GraphQL enum whose values are the strings themselves, each with its meaning. */
export const defineEnum = <Value extends string>(
  name: string,
  description: string,
  meanings: Record<Value, string>,
): Record<Value, Value> => {
  const values = Object.fromEntries(Object.keys(meanings).map((value) => [value, value])) as Record<
    Value,
    Value
  >;
  const described = Object.entries<string>(meanings).map(([value, meaning]) => [
    value,
    { description: meaning },
  ]);
  registerEnumType(values, {
    name,
    description,
    valuesMap: Object.fromEntries(described) as Record<Value, { description: string }>,
  });
  return values;
};

export const SessionStatusEnum = defineEnum<SessionStatus>(
  'SessionStatus',
  'What a session key may do at the block of `asOf`.',
  {
    ACTIVE: 'Registered, not expired, and with calls left.',
    EXPIRED: 'The time of the block is beyond `validUntil`. The end is inclusive.',
    EXHAUSTED: 'All calls are used.',
    REVOKED: 'The owner of the account revoked the key.',
  },
);

export const SessionReasonCodeEnum = defineEnum<SessionReasonCode>(
  'SessionReasonCode',
  'Which rule of the account refuses a session key: the codes of the vendor documents.',
  {
    SESSION_REVOKED: 'The owner of the account revoked the key.',
    SESSION_EXPIRED: 'The time of the block is beyond `validUntil`.',
    SESSION_MAX_CALLS_EXCEEDED: 'All calls are used.',
  },
);

export const BlockCodeEnum = defineEnum<BlockCode>(
  'BlockCode',
  'Which rule of the account refuses something to a session key.',
  {
    SESSION_REVOKED: 'The owner of the account revoked the key.',
    SESSION_EXPIRED: 'The time of the block is beyond `validUntil`, or nothing but an end of 0 is stored.',
    SESSION_MAX_CALLS_EXCEEDED: 'All calls are used.',
    SESSION_ENTRYPOINT_NOT_ALLOWED: 'No entry of the list lets the key call anything.',
    SPENDING_PER_CALL_EXCEEDED: 'The policy of the token allows 0 a call.',
    SPENDING_OVERFLOW:
      'The end of the window is beyond what the contract can count: every counted call reverts.',
    SPENDING_WINDOW_EXCEEDED: 'Nothing is left of the window.',
    WINDOW_RULE_UNVERIFIED:
      'Storage holds the whole window as spent, and for this class it is not known whether the window is over.',
  },
);

export const RepairEnum = defineEnum<Repair>('Repair', 'What takes a reason away.', {
  GRANT: 'The owner registers the key again. Policies that are still stored apply again.',
  RENEW_EXPIRY: 'The owner registers the key again with a later end. That starts its calls at 0.',
  RAISE_CALLS: 'The owner registers the key again. That starts its calls at 0.',
  WIDEN_LIST: 'The owner registers the key again with a list of selectors that it may call.',
  SET_POLICY: 'The owner sets the policy of the token again. That starts what is spent at 0.',
  WAIT_FOR_WINDOW: 'Nobody has to sign anything: the next window begins at `resetsAt`.',
  NONE: 'It is not known what would.',
});

export const EntrypointScopeEnum = defineEnum<EntrypointScope>(
  'EntrypointScope',
  'What the list of allowed entry points means. An empty list is no prohibition: it allows every selector that is not an admin one.',
  {
    LISTED: 'Only the listed selectors, on any contract: an entry is not tied to one.',
    ALL_NON_ADMIN: 'The list is empty: every selector except the admin ones, on any contract.',
    ALL: 'The list is empty and the class is known to have no guard for admin selectors: the key can take the account over.',
    NONE: 'The key is revoked and may call nothing.',
  },
);

export const AdminGuardEnum = defineEnum<AdminGuard>(
  'AdminGuard',
  'Whether the class of the account refuses admin selectors (upgrade, owner and session management) from session keys. Known by class, with evidence, or unverified.',
  {
    GUARDED: 'It refuses them.',
    UNGUARDED: 'It does not: a session key that may call one can take the account over.',
    UNVERIFIED: 'There is no evidence for this class.',
  },
);

export const BudgetStateEnum = defineEnum<BudgetState>('BudgetState', 'Whether a policy limits spending.', {
  LIMITED: 'It does, and what remains is known.',
  UNLIMITED: 'It does not: `maxPerWindow` 0 is the contract’s word for no limit.',
  UNKNOWN: 'It does, but how the class counts its window is not verified, so what remains is not claimed.',
});

export const BudgetResetEnum = defineEnum<BudgetReset>(
  'BudgetReset',
  'When the budget of a policy starts anew.',
  {
    AT_TIME: 'At the first spend from `resetsAt` on.',
    AT_NEXT_SPEND: 'The window is over or has not begun: the next spend starts a new one.',
    NEVER: 'The end of the window is beyond what the contract can count.',
  },
);

export const WindowAnchorEnum = defineEnum<WindowRule['anchor']>(
  'WindowAnchor',
  'When the first window of a policy starts.',
  { SETTING: 'When the policy is set.', FIRST_SPEND: 'At the first counted spend.' },
);

export const WindowEndEnum = defineEnum<WindowRule['resets']>(
  'WindowEnd',
  'Which spend starts the next window.',
  {
    AT_END: 'One at start + length, or later.',
    AFTER_END: 'Only one after start + length.',
  },
);

export const SessionOrderEnum = defineEnum<SessionOrder>('SessionOrder', 'The order of a list of sessions.', {
  ACCOUNT_ASC: 'By account and session key.',
  VALID_UNTIL_ASC: 'What expires first comes first; revoked keys have no expiry and come before.',
  VALID_UNTIL_DESC: 'What expires last comes first.',
  REMAINING_CALLS_ASC: 'What has the fewest calls left comes first.',
});

export const AccountStatusEnum = defineEnum<AccountStatus>(
  'AccountStatus',
  'Whether the index follows an account.',
  {
    PENDING: 'Asked for, and not read yet.',
    FOLLOWED: 'Followed block by block.',
    REJECTED: 'Not followed: `reasonCode` says why.',
  },
);

export const AccountOriginEnum = defineEnum<AccountSource>(
  'AccountOrigin',
  'How an account came into the index.',
  {
    WATCH: 'By the list of the operator.',
    DISCOVERY: 'By an event that it emitted.',
    READ: 'By a question about it.',
  },
);

export const SessionEntryKindEnum = defineEnum<SessionEntryKind>(
  'SessionEntryKind',
  'What an owner did to a session key.',
  {
    GRANTED: 'Registered it, for the first time as far as is known.',
    GRANTED_AGAIN: 'Registered it again: the calls used began at 0, and policies that were stored went on.',
    REVOKED: 'Revoked it. Its policies stay stored.',
  },
);

export const PolicyEntryKindEnum = defineEnum<PolicyEntryKind>(
  'PolicyEntryKind',
  'What an owner did to a spending policy.',
  {
    SET: 'Set it where none was in force.',
    SET_AGAIN: 'Set it where one was in force: what was spent began at 0.',
    REMOVED: 'Removed it: the key is not limited in the token.',
  },
);

export const OwnerSignatureEnum = defineEnum<OwnerSignature>(
  'OwnerSignature',
  'Whether it is shown that an owner signed.',
  {
    PROVEN_BY_CLASS:
      'The class of the account, before and after the block, is known to let nothing but the owner’s signature do this.',
    UNKNOWN: 'It is not shown. That does not mean that the owner did not sign.',
  },
);

export const SessionChangeKindEnum = defineEnum<SessionChangeKind>(
  'SessionChangeKind',
  'What happened to a session key between two blocks.',
  {
    GRANTED: 'It was registered for the first time.',
    GRANTED_AGAIN: 'It was registered again, whether or not it was revoked before that.',
    REVOKED: 'It was revoked.',
    EXPIRY_CHANGED: 'Its end is another one.',
    MAX_CALLS_CHANGED: 'The number of calls granted is another one.',
    LIST_CHANGED: 'Its list of allowed entry points is another one.',
    USED: 'It was used.',
  },
);

export const PolicyChangeKindEnum = defineEnum<PolicyChangeKind>(
  'PolicyChangeKind',
  'What happened to a spending policy between two blocks.',
  {
    SET: 'It was set where none was in force.',
    SET_AGAIN: 'It was set where one was in force.',
    REMOVED: 'It was removed: the key is not limited in the token.',
    LIMITS_CHANGED: 'Its limits are other ones.',
    SPENT: 'Something was spent under it.',
  },
);

export const OwnerChangeKindEnum = defineEnum<OwnerDifference['kind']>(
  'OwnerChangeKind',
  'Whether a key of an owner came or went.',
  { ADDED: 'It came.', REMOVED: 'It went.' },
);
export const AttributionEnum = defineEnum<'EXACT' | 'QUARANTINED'>(
  'Attribution',
  'Whether every call that the session keys of an account consumed is attributed to a transaction.',
  {
    EXACT: 'All of them are, from the first block whose state is known.',
    QUARANTINED:
      'Some are not: see the uses with the outcome UNATTRIBUTED. Sessions and policies are exact all the same.',
  },
);

const SAYS_NOTHING = 'those of which the organisation says none last, then by address.';

export const AccountOrderEnum = defineEnum<AccountOrder>('AccountOrder', 'The order of accounts in a list.', {
  ADDRESS_ASC: 'By address as printed.',
  LABEL_ASC: `By label, ${SAYS_NOTHING}`,
  TEAM_ASC: `By team, ${SAYS_NOTHING}`,
  COST_CENTRE_ASC: `By cost centre, ${SAYS_NOTHING}`,
});
