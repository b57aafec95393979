import {
  AccountError,
  type AccountEvent,
  decodeByShapes,
  type EventShapes,
  sessionDataFromFelts,
  sessionDataToFelts,
  slotAt,
  spendingPolicyFromFelts,
  spendingPolicyToFelts,
  STANDARD_EVENT_SHAPES,
} from '#libs/account';
import type { Address, Felt, SessionKey } from '#libs/felt';
import type {
  AccountBlock,
  AccountChanges,
  AccountDeadLetter,
  AccountFact,
  LocatedEvent,
} from './account-block.ts';
import {
  type AccountState,
  entrypointSlotOf,
  indexSlots,
  type LifecyclePoint,
  newPolicy,
  newSession,
  type PolicyLifecycle,
  type PolicyState,
  policyIdOf,
  type SessionLifecycle,
  type SessionState,
} from './account-state.ts';
import { replayAccountBlock } from '../uses/replay-account-block.ts';
import { unattributedFact, useFact } from '../uses/use-facts.ts';
import { classFact, eventFact, policyFact, sessionFact } from './account-facts.ts';
import { checkAgainstEvents } from './check-against-events.ts';
import { lifecycleChangeOf } from './lifecycle-change.ts';

const ZERO = 0n as Felt;

/** The part of a fold that grows while the block is read. Local to one call. */
interface Draft {
  readonly state: AccountState;
  readonly block: AccountBlock;
  readonly sessions: Map<SessionKey, SessionState>;
  readonly policies: Map<string, PolicyState>;
  /** Keys whose first grant ever is in this block: a slot absent from the diff is zero there. */
  readonly fresh: Set<SessionKey>;
  /** How many list entries may still be looked up in this block. */
  entrypointsLeft: number;
  readonly facts: AccountFact[];
  readonly deadLetters: AccountDeadLetter[];
  readonly decoded: { event: LocatedEvent; decoded: AccountEvent }[];
}

/**
 * Folds one block over one account. The state after is exact whatever happened inside the block: it is the state
 * before with the node's state diff laid over it. Events only tell which keys and policies there are and what the
 * owner did last. Pure; `applyChanges` carries the result into the state.
 */
export const foldAccountBlock = (state: AccountState, block: AccountBlock): AccountChanges => {
  const draft: Draft = {
    state,
    block,
    sessions: new Map(),
    policies: new Map(),
    fresh: new Set(),
    entrypointsLeft: MOST_ENTRYPOINTS,
    facts: [],
    deadLetters: [],
    decoded: [],
  };
  readEvents(draft);
  layDiff(draft);
  draft.deadLetters.push(...checkAgainstEvents(draft.decoded, draft.sessions, draft.policies));
  return finish(draft);
};

const readEvents = (draft: Draft): void => {
  for (const event of draft.block.events) {
    const decoded = decode(draft, event);
    if (decoded === undefined) continue;
    draft.decoded.push({ event, decoded });
    draft.facts.push(eventFact(event, decoded, draft.block.ownerGrants));
    noteEvent(draft, event, decoded);
  }
};

/**
 * The class may change inside the block, more than once, so an event may have the shape of the class before, of the
 * one after, or of one between that nobody names: for that one the standard's shapes are tried, last. Where the class
 * is known and stays, its own shapes alone count.
 */
const shapesIn = ({ state, block }: Draft): readonly EventShapes[] => {
  const own = [state.eventShapes, block.newClass?.eventShapes]
    .filter((shapes) => shapes !== undefined)
    .filter((shapes) => shapes !== STANDARD_EVENT_SHAPES);
  return block.newClass === undefined && own.length > 0 ? own : [...own, STANDARD_EVENT_SHAPES];
};

const decode = (draft: Draft, event: LocatedEvent): AccountEvent | undefined => {
  try {
    return decodeByShapes(event, shapesIn(draft));
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    draft.deadLetters.push({ event, code: error.code, reason: error.message });
    return undefined;
  }
};

const noteEvent = (draft: Draft, event: LocatedEvent, decoded: AccountEvent): void => {
  const at = { blockNumber: draft.block.blockNumber, transactionHash: event.transactionHash };
  const change = lifecycleChangeOf(decoded);
  if (change?.subject === 'SESSION') draftSession(draft, change.sessionKey, change.lifecycle, at);
  if (change?.subject === 'POLICY') draftPolicy(draft, change, change.lifecycle, at);
};

const draftSession = (
  draft: Draft,
  sessionKey: SessionKey,
  lifecycle: SessionLifecycle,
  lifecycleAt: LifecyclePoint,
): void => {
  const existing = draft.sessions.get(sessionKey) ?? draft.state.sessions.get(sessionKey);
  if (existing === undefined) draft.fresh.add(sessionKey);
  const session = existing
    ? { ...existing, lifecycle, lifecycleAt }
    : newSession(sessionKey, lifecycle, lifecycleAt);
  draft.sessions.set(sessionKey, session);
};

const draftPolicy = (
  draft: Draft,
  { sessionKey, token }: { readonly sessionKey: SessionKey; readonly token: Address },
  lifecycle: PolicyLifecycle,
  lifecycleAt: LifecyclePoint,
): void => {
  const id = policyIdOf(sessionKey, token);
  const existing = draft.policies.get(id) ?? draft.state.policies.get(id);
  const policy = existing
    ? { ...existing, lifecycle, lifecycleAt }
    : newPolicy(sessionKey, token, lifecycle, lifecycleAt);
  draft.policies.set(id, policy);
};

const layDiff = (draft: Draft): void => {
  if (draft.block.storage.size === 0 && draft.sessions.size === 0 && draft.policies.size === 0) return;
  for (const touched of touchedSessions(draft)) laySession(draft, touched);
  for (const touched of touchedPolicies(draft)) layPolicy(draft, touched);
};

const touchedSessions = (draft: Draft): Set<SessionKey> => {
  const touched = new Set(draft.sessions.keys());
  for (const slot of draft.block.storage.keys()) {
    const owner = draft.state.slots.get(slot);
    if (owner?.kind === 'session') touched.add(owner.sessionKey);
  }
  return touched;
};

const touchedPolicies = (draft: Draft): Set<string> => {
  const touched = new Set(draft.policies.keys());
  for (const slot of draft.block.storage.keys()) {
    const owner = draft.state.slots.get(slot);
    if (owner?.kind === 'policy') touched.add(owner.policyId);
  }
  return touched;
};

const laySession = (draft: Draft, sessionKey: SessionKey): void => {
  const session = draft.sessions.get(sessionKey) ?? draft.state.sessions.get(sessionKey);
  if (!session) return;
  try {
    const felts = overlay(draft.block.storage, session.slotBase, sessionDataToFelts(session.data));
    const data = sessionDataFromFelts(felts);
    const entrypoints = layEntrypoints(draft, session, Number(data.allowedEntrypointsLen));
    draft.sessions.set(sessionKey, { ...session, data, entrypoints });
  } catch (error) {
    draft.sessions.delete(sessionKey);
    keepUnread(draft, error, { sessionKey });
  }
};

const layPolicy = (draft: Draft, id: string): void => {
  const existing = draft.policies.get(id) ?? draft.state.policies.get(id);
  if (!existing) return;
  try {
    const felts = overlay(draft.block.storage, existing.slotBase, spendingPolicyToFelts(existing.policy));
    draft.policies.set(id, { ...existing, policy: spendingPolicyFromFelts(felts) });
  } catch (error) {
    draft.policies.delete(id);
    keepUnread(draft, error, { sessionKey: existing.sessionKey, token: existing.token });
  }
};

/** What is known of the entry stays for the fold; whoever asks for it hears that it could not be read. */
const keepUnread = (
  draft: Draft,
  error: unknown,
  of: Pick<AccountDeadLetter, 'sessionKey' | 'token'>,
): void => {
  if (!(error instanceof AccountError)) throw error;
  draft.deadLetters.push({ event: undefined, ...of, code: error.code, reason: error.message });
};

const overlay = (storage: ReadonlyMap<bigint, Felt>, base: Felt, before: readonly Felt[]): Felt[] =>
  before.map((value, offset) => storage.get(slotAt(base, offset)) ?? value);

/** A list longer than this is not a list that anyone paid for; it is left unknown. */
const LONGEST_LIST = 1_000;
/** Entries looked up for one account in one block: storage may state any length, and each entry costs a hash. */
const MOST_ENTRYPOINTS = 2_000;

/**
 * Only a grant or a revoke writes the list, so its slots, slow to compute, are looked up in no other block. A length
 * that the diff and what was known cannot fill leaves the list unknown, and nothing is computed for it; the exact
 * answer for a new list with zeros in it is given up for that.
 */
const layEntrypoints = (draft: Draft, session: SessionState, length: number): SessionState['entrypoints'] => {
  const before = session.entrypoints;
  const sameLength = session.data.allowedEntrypointsLen === BigInt(length);
  if (sameLength && session.lifecycleAt.blockNumber !== draft.block.blockNumber) return before;
  const knowable = before.length + draft.block.storage.size;
  if (length > Math.min(knowable, LONGEST_LIST, draft.entrypointsLeft)) return [];
  draft.entrypointsLeft -= length;
  const absent = draft.fresh.has(session.sessionKey) ? ZERO : undefined;
  return Array.from({ length }, (_, index) => {
    const slot = entrypointSlotOf(session, index);
    return draft.block.storage.get(slot) ?? before[index] ?? absent;
  });
};

const finish = (draft: Draft): AccountChanges => {
  const sessions = [...draft.sessions.values()].filter(
    (after) => after !== draft.state.sessions.get(after.sessionKey),
  );
  const policies = [...draft.policies.values()].filter(
    (after) => after !== draft.state.policies.get(policyIdOf(after.sessionKey, after.token)),
  );
  const derived = [
    ...sessions.map((after) => sessionFact(draft.state.sessions.get(after.sessionKey), after)),
    ...policies.map((after) =>
      policyFact(draft.state.policies.get(policyIdOf(after.sessionKey, after.token)), after),
    ),
    ...(draft.block.newClass ? [classFact(draft.state.classHash, draft.block.newClass.classHash)] : []),
  ];
  const { uses, unexplained, needsTraces } = attributeUses(draft, sessions, policies);
  return {
    facts: [...draft.facts, ...uses.map(useFact), ...derived, ...unexplained.map(unattributedFact)],
    deadLetters: draft.deadLetters,
    sessions,
    policies,
    newClass: draft.block.newClass,
    uses,
    unexplained,
    needsTraces,
  };
};

const NOTHING_ATTRIBUTED = { uses: [], unexplained: [], needsTraces: [] } as const;

const attributeUses = (
  { state, block, decoded }: Draft,
  sessions: readonly SessionState[],
  policies: readonly PolicyState[],
): Pick<AccountChanges, 'uses' | 'unexplained' | 'needsTraces'> => {
  if (block.replay === undefined) return NOTHING_ATTRIBUTED;
  const { events, ownerGrants, newClass } = block;
  const result = replayAccountBlock(
    { before: state, sessions, policies, newClass: newClass?.classHash, events, decoded, ownerGrants },
    block.replay,
  );
  return result.kind === 'REPLAYED'
    ? { ...result, needsTraces: [] }
    : { ...NOTHING_ATTRIBUTED, needsTraces: result.transactionHashes };
};

/** Carries changes into a state. The maps are replaced only where something was added to them. */
export const applyChanges = (state: AccountState, changes: AccountChanges): AccountState => {
  const sessions = state.sessions as Map<SessionKey, SessionState>;
  const policies = state.policies as Map<string, PolicyState>;
  const slots = state.slots as Map<bigint, unknown>;
  // The slots of an entry never change: those of one that is there are there too.
  const added = indexSlots(
    changes.sessions.filter(({ sessionKey }) => !sessions.has(sessionKey)),
    changes.policies.filter(({ sessionKey, token }) => !policies.has(policyIdOf(sessionKey, token))),
  );
  for (const [slot, owner] of added) slots.set(slot, owner);
  for (const session of changes.sessions) sessions.set(session.sessionKey, session);
  for (const policy of changes.policies) policies.set(policyIdOf(policy.sessionKey, policy.token), policy);
  return changes.newClass ? { ...state, ...changes.newClass } : state;
};
