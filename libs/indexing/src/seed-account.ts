import {
  entrypointSlotFrom,
  sessionDataFromFelts,
  sessionDataToFelts,
  slotAt,
  spendingPolicyFromFelts,
  spendingPolicyToFelts,
} from '#libs/account';
import type { BlockHeader } from '#libs/chain';
import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';
import {
  type AccountFact,
  newPolicy,
  newSession,
  type PolicyState,
  READ_ORDINAL,
  readingFacts,
  type SessionState,
} from '#libs/sessions';
import {
  type AccountHistory,
  emptyHistory,
  type HistoryQuestion,
  type PolicyLife,
  readAccountHistory,
  type SessionLife,
} from './account-history.ts';
import type { ClassInfo } from './class-catalogue.ts';
import type { AccountReads } from './limit-reads.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { Placed } from './write-set.ts';

/** What the chain says of an account at one block, with the events that led there. */
export interface AccountSeed {
  readonly address: Address;
  readonly at: BlockHeader;
  /** Undefined: no contract there at that block. */
  readonly classInfo: ClassInfo | undefined;
  readonly sessions: readonly SessionState[];
  readonly policies: readonly PolicyState[];
  readonly history: AccountHistory;
  readonly oneWillDo: boolean;
}

export interface SeedPorts {
  readonly source: AccountReads;
  readonly requireClass: (classHash: ClassHash, blockHash: Felt) => Promise<ClassInfo>;
  /** Events that one node alone tells are taken: the others were asked in vain for long enough. */
  readonly oneWillDo: boolean;
}

/** Reads that run at the same time for one account. */
const READS_AT_ONCE = 16;
/** A list longer than this is left unknown, as in the fold. */
const LONGEST_LIST = 1_000n;

/**
 * Reads an account as it stands at a block: which keys and policies it ever had from its events, what they hold from
 * storage, pinned by the block's hash. @throws ChainError BLOCK_NOT_FOUND and AdoptionError ADOPTION_CHAIN_MOVED when
 * the block was replaced meanwhile.
 */
export const readAccountSeed = async (
  ports: SeedPorts,
  address: Address,
  at: BlockHeader,
): Promise<AccountSeed> => {
  const classHash = await ports.source.classHashAt(address, { blockHash: at.blockHash });
  if (classHash === undefined) return vacantSeed(ports, address, at);
  const classInfo = await ports.requireClass(classHash, at.blockHash);
  const history = await readAccountHistory(ports.source, questionOf(ports, address, at, classInfo));
  return await readStorage(ports.source, { address, at, classInfo, history, oneWillDo: ports.oneWillDo });
};

/**
 * Reads a seed again at a later block: only the events since, and the storage. Nothing where the class is another one
 * by then; the seed is to be read anew. @throws as readAccountSeed
 */
export const forwardSeed = async (
  ports: SeedPorts,
  seed: AccountSeed,
  at: BlockHeader,
): Promise<AccountSeed | undefined> => {
  const { address, classInfo } = seed;
  const classHash = await ports.source.classHashAt(address, { blockHash: at.blockHash });
  if (classHash !== classInfo?.classHash) return undefined;
  if (classInfo === undefined) return vacantSeed(ports, address, at);
  const question = { ...questionOf(ports, address, at, classInfo), since: seed };
  const history = await readAccountHistory(ports.source, question);
  return await readStorage(ports.source, { address, at, classInfo, history, oneWillDo: ports.oneWillDo });
};

const vacantSeed = ({ oneWillDo }: SeedPorts, address: Address, at: BlockHeader): AccountSeed => ({
  address,
  at,
  oneWillDo,
  classInfo: undefined,
  sessions: [],
  policies: [],
  history: emptyHistory(),
});

const questionOf = (
  { requireClass, oneWillDo }: SeedPorts,
  address: Address,
  at: BlockHeader,
  { eventShapes }: ClassInfo,
): HistoryQuestion => ({
  address,
  at,
  eventShapes,
  oneWillDo,
  shapesOf: async (classHash) => (await requireClass(classHash, at.blockHash)).eventShapes,
});

const readStorage = async (
  source: AccountReads,
  seed: Omit<AccountSeed, 'sessions' | 'policies'>,
): Promise<AccountSeed> => {
  const ref = { source, address: seed.address, at: seed.at };
  const { sessions, policies } = seed.history;
  return {
    ...seed,
    sessions: await mapConcurrently([...sessions], READS_AT_ONCE, ([key, life]) =>
      seedSession(ref, key, life),
    ),
    policies: await mapConcurrently([...policies.values()], READS_AT_ONCE, (life) => seedPolicy(ref, life)),
  };
};

/** How many words of storage a seed was read from. */
export const slotCount = ({ sessions, policies }: AccountSeed): number =>
  sessions.reduce((count, { entrypoints }) => count + SESSION_SLOTS + entrypoints.length, 0) +
  policies.length * POLICY_SLOTS;

const SESSION_SLOTS = 4;
const POLICY_SLOTS = 8;

interface StorageRef {
  readonly source: AccountReads;
  readonly address: Address;
  readonly at: BlockHeader;
}

const readSlots = ({ source, address, at }: StorageRef, slots: readonly Felt[]): Promise<Felt[]> =>
  mapConcurrently(slots, READS_AT_ONCE, (slot) =>
    source.storageAt(address, slot, { blockHash: at.blockHash }),
  );

const seedSession = async (
  ref: StorageRef,
  sessionKey: SessionKey,
  life: SessionLife,
): Promise<SessionState> => {
  const empty = newSession(sessionKey, life.lifecycle, life.lifecycleAt);
  const words = await readSlots(ref, consecutive(empty.slotBase, sessionDataToFelts(empty.data).length));
  const data = sessionDataFromFelts(words);
  const length = data.allowedEntrypointsLen > LONGEST_LIST ? 0 : Number(data.allowedEntrypointsLen);
  const slots = Array.from({ length }, (_, index) => entrypointSlotFrom(empty.entrypointsBase, index));
  return { ...empty, data, entrypoints: await readSlots(ref, slots) };
};

const seedPolicy = async (ref: StorageRef, life: PolicyLife): Promise<PolicyState> => {
  const empty = newPolicy(life.sessionKey, life.token, life.lifecycle, life.lifecycleAt);
  const words = await readSlots(ref, consecutive(empty.slotBase, spendingPolicyToFelts(empty.policy).length));
  return { ...empty, policy: spendingPolicyFromFelts(words) };
};

const consecutive = (base: Felt, count: number): Felt[] =>
  Array.from({ length: count }, (_, at) => slotAt(base, at));

/** The versions that begin with the block of a reading. */
export const seedVersions = (seed: AccountSeed) => {
  const { address: account, sessions, policies, classInfo, at } = seed;
  const { blockNumber } = at;
  return {
    sessions: sessions.map((state) => ({ account, blockNumber, state })),
    policies: policies.map((state) => ({ account, blockNumber, state })),
    classes: [{ account, blockNumber, state: classInfo?.classHash }],
  };
};

/** What storage said, as facts, so that the account can be folded again from them. */
export const placedReading = (seed: AccountSeed): Placed<AccountFact>[] => {
  const { address: account, at: header, sessions, policies, classInfo } = seed;
  const reading = { classHash: classInfo?.classHash, sessions, policies, ...knownFrom(seed) };
  return readingFacts(reading).map((item, index) => ({
    account,
    header,
    item,
    ordinal: READ_ORDINAL + index,
  }));
};

/** An event that nobody could read may have been a grant: what is known of the events begins after it. */
export const knownFrom = ({ at, history }: AccountSeed): { stateFrom: number; eventsFrom: number } => {
  const untouched = history.facts.length === 0 && history.deadLetters.length === 0;
  const unread = history.deadLetters.at(-1)?.header.blockNumber;
  return {
    stateFrom: untouched ? 0 : at.blockNumber,
    eventsFrom: unread === undefined ? 0 : unread + 1,
  };
};
