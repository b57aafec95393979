import {
  entrypointSlotFrom,
  entrypointsMapBase,
  type EventShapes,
  policySlotBase,
  type SessionData,
  sessionSlotBase,
  slotAt,
  type SpendingPolicy,
} from '#libs/account';
import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';

/** The last of the two that happened to a session key. */
export type SessionLifecycle = 'REGISTERED' | 'REVOKED';
/** The last of the two that happened to a spending policy. */
export type PolicyLifecycle = 'SET' | 'REMOVED';

/** Where a lifecycle event stands on the chain. */
export interface LifecyclePoint {
  readonly blockNumber: number;
  readonly transactionHash: Felt | undefined;
}

/** What is known of one session key after a block. */
export interface SessionState {
  readonly sessionKey: SessionKey;
  readonly slotBase: Felt;
  readonly entrypointsBase: Felt;
  /** Slots of the list by index, as far as a grant needed them. Grows in place, shared by all states of the key. */
  readonly entrypointSlots: Felt[];
  readonly data: SessionData;
  /** The list in force, entry by entry; an entry that nobody has read is undefined, or the whole list is missing. */
  readonly entrypoints: readonly (Felt | undefined)[];
  readonly lifecycle: SessionLifecycle;
  readonly lifecycleAt: LifecyclePoint;
}

/** What is known of one spending policy after a block. */
export interface PolicyState {
  readonly sessionKey: SessionKey;
  readonly token: Address;
  readonly slotBase: Felt;
  readonly policy: SpendingPolicy;
  readonly lifecycle: PolicyLifecycle;
  readonly lifecycleAt: LifecyclePoint;
}

/** Which entry of the account a storage slot belongs to. */
export type SlotOwner =
  | { readonly kind: 'session'; readonly sessionKey: SessionKey; readonly offset: number }
  | { readonly kind: 'policy'; readonly policyId: string; readonly offset: number };

/** Everything that folding one account needs, after the block that the cursor names. */
export interface AccountState {
  readonly address: Address;
  /** Undefined: no contract there yet. */
  readonly classHash: ClassHash | undefined;
  readonly eventShapes: EventShapes;
  readonly sessions: ReadonlyMap<SessionKey, SessionState>;
  readonly policies: ReadonlyMap<string, PolicyState>;
  readonly slots: ReadonlyMap<bigint, SlotOwner>;
}

/** Bounds what is kept of printed pairs. */
const MOST_PAIRS = 20_000;
const printedPairs = new Map<SessionKey, Map<Address, string>>();
let pairs = 0;

/**
 * One name for a (session key, token) pair, usable as a map key. Printing two felts takes longer than all that is done with
 * the name, and the same few pairs come block after block.
 */
export const policyIdOf = (sessionKey: SessionKey, token: Address): string => {
  const known = printedPairs.get(sessionKey)?.get(token);
  if (known !== undefined) return known;
  if (pairs >= MOST_PAIRS) {
    printedPairs.clear();
    pairs = 0;
  }
  const name = `${sessionKey.toString(16)}:${token.toString(16)}`;
  const ofKey = printedPairs.get(sessionKey);
  if (ofKey) ofKey.set(token, name);
  else printedPairs.set(sessionKey, new Map([[token, name]]));
  pairs += 1;
  return name;
};

/** A key before its first grant: nothing but zeros in storage. Computes its slots, once. */
export const newSession = (
  sessionKey: SessionKey,
  lifecycle: SessionLifecycle,
  lifecycleAt: LifecyclePoint,
): SessionState => ({
  sessionKey,
  slotBase: sessionSlotBase(sessionKey),
  entrypointsBase: entrypointsMapBase(sessionKey),
  entrypointSlots: [],
  data: { validUntilSeconds: 0n, maxCalls: 0n, callsUsed: 0n, allowedEntrypointsLen: 0n },
  entrypoints: [],
  lifecycle,
  lifecycleAt,
});

/** The slot of an entry of the list. Computed once for each key and index: an owner grants the same key many times. */
export const entrypointSlotOf = ({ entrypointsBase, entrypointSlots }: SessionState, index: number): Felt => {
  entrypointSlots[index] ??= entrypointSlotFrom(entrypointsBase, index);
  return entrypointSlots[index];
};

/** A policy before it is first set: nothing but zeros in storage. Computes its slots, once. */
export const newPolicy = (
  sessionKey: SessionKey,
  token: Address,
  lifecycle: PolicyLifecycle,
  lifecycleAt: LifecyclePoint,
): PolicyState => ({
  sessionKey,
  token,
  slotBase: policySlotBase(sessionKey, token),
  policy: { maxPerCall: 0n, maxPerWindow: 0n, windowSeconds: 0n, spentInWindow: 0n, windowStartSeconds: 0n },
  lifecycle,
  lifecycleAt,
});

const SESSION_SLOTS = 4;
const POLICY_SLOTS = 8;

/** The list in force, or nothing when one of its entries is not known. */
export const allowedEntrypointsOf = (session: SessionState): readonly Felt[] | undefined => {
  const list = session.entrypoints;
  const complete = BigInt(list.length) === session.data.allowedEntrypointsLen;
  return complete && list.every((entry) => entry !== undefined) ? list : undefined;
};

/** The index from slot to what it holds, for the diffs of one account. */
export const indexSlots = (
  sessions: Iterable<Pick<SessionState, 'sessionKey' | 'slotBase'>>,
  policies: Iterable<Pick<PolicyState, 'sessionKey' | 'token' | 'slotBase'>>,
): Map<bigint, SlotOwner> => {
  const slots = new Map<bigint, SlotOwner>();
  for (const { sessionKey, slotBase } of sessions) {
    for (let offset = 0; offset < SESSION_SLOTS; offset += 1) {
      slots.set(slotAt(slotBase, offset), { kind: 'session', sessionKey, offset });
    }
  }
  for (const { sessionKey, token, slotBase } of policies) {
    const policyId = policyIdOf(sessionKey, token);
    for (let offset = 0; offset < POLICY_SLOTS; offset += 1) {
      slots.set(slotAt(slotBase, offset), { kind: 'policy', policyId, offset });
    }
  }
  return slots;
};
