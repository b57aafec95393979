import type { AccountEventKind, EventMember, EventMemberType } from '../events/event-shape.ts';

/** Names an event goes by: the standard's, then those of older relatives. */
export const EVENT_KIND_BY_NAME: ReadonlyMap<string, AccountEventKind> = new Map([
  ['SessionKeyAdded', 'SessionKeyAdded'],
  ['SessionKeyRegistered', 'SessionKeyAdded'],
  ['SessionKeyRevoked', 'SessionKeyRevoked'],
  ['SpendingPolicySet', 'SpendingPolicySet'],
  ['SpendingPolicyRemoved', 'SpendingPolicyRemoved'],
  ['CallFailed', 'CallFailed'],
  ['SessionSignatureModeUpdated', 'SessionSignatureModeUpdated'],
  ['OwnerAdded', 'OwnerAdded'],
  ['OwnerRemoved', 'OwnerRemoved'],
  ['Upgraded', 'Upgraded'],
  ['UpgradeScheduled', 'UpgradeScheduled'],
  ['UpgradeExecuted', 'UpgradeExecuted'],
  ['UpgradeCancelled', 'UpgradeCancelled'],
  ['AgentIdSet', 'AgentIdSet'],
] as const);

interface NeededMember {
  readonly name: string;
  readonly type: EventMemberType;
  readonly aliases: readonly string[];
}

const SESSION_KEY: NeededMember = {
  name: 'sessionKey',
  type: 'felt',
  aliases: ['session_key', 'key', 'session_public_key', 'public_key', 'session_pubkey'],
};
const TOKEN: NeededMember = { name: 'token', type: 'address', aliases: ['token', 'token_address'] };
const VALID_UNTIL: NeededMember = {
  name: 'validUntilSeconds',
  type: 'u64',
  aliases: ['valid_until', 'expires_at', 'expiry', 'expiration'],
};
const MAX_CALLS: NeededMember = { name: 'maxCalls', type: 'u32', aliases: ['max_calls'] };

const needed = (name: string, type: EventMemberType, ...aliases: string[]): NeededMember => ({
  name,
  type,
  aliases,
});

/** What each event must hold to be read as its kind. Other members are read for their length and range only. */
const NEEDED: Readonly<Record<AccountEventKind, readonly NeededMember[]>> = {
  SessionKeyAdded: [SESSION_KEY, VALID_UNTIL, MAX_CALLS],
  SessionKeyRevoked: [SESSION_KEY],
  SpendingPolicySet: [
    SESSION_KEY,
    TOKEN,
    needed('maxPerCall', 'u256', 'max_per_call'),
    needed('maxPerWindow', 'u256', 'max_per_window'),
    needed('windowSeconds', 'u64', 'window_seconds'),
  ],
  SpendingPolicyRemoved: [SESSION_KEY, TOKEN],
  CallFailed: [
    needed('callIndex', 'u32', 'call_index', 'index'),
    needed('to', 'address', 'to'),
    needed('selector', 'felt', 'selector'),
  ],
  SessionSignatureModeUpdated: [needed('oldMode', 'u8', 'old_mode'), needed('newMode', 'u8', 'new_mode')],
  OwnerAdded: [needed('ownerGuid', 'felt', 'new_owner_guid', 'owner_guid')],
  OwnerRemoved: [needed('ownerGuid', 'felt', 'removed_owner_guid', 'owner_guid')],
  Upgraded: [needed('classHash', 'classHash', 'class_hash', 'new_class_hash', 'implementation')],
  UpgradeScheduled: [],
  UpgradeExecuted: [],
  UpgradeCancelled: [],
  AgentIdSet: [],
};

/** Gives a class's members our names and types, and says what is missing. */
export const nameMembers = (
  kind: AccountEventKind,
  members: readonly EventMember[],
): { readonly members: readonly EventMember[]; readonly missing: readonly string[] } => {
  const wanted = NEEDED[kind];
  const found = new Map<EventMember, NeededMember>();
  const missing: string[] = [];
  for (const want of wanted) {
    const member = members.find(
      (candidate) => !found.has(candidate) && want.aliases.includes(candidate.name),
    );
    if (member === undefined || !fits(member.type, want.type)) missing.push(want.name);
    else found.set(member, want);
  }
  return { members: members.map((member) => rename(member, found.get(member))), missing };
};

// A member of another width keeps its own type, so that all its felts are read; one of a single felt takes the
// standard's type and so its range.
const rename = (member: EventMember, want: NeededMember | undefined): EventMember => {
  if (want === undefined) return member;
  return { name: want.name, type: want.type === 'u256' ? member.type : want.type };
};

const fits = (type: EventMemberType, wanted: EventMemberType): boolean =>
  type !== 'felts' && (type !== 'u256' || wanted === 'u256');
