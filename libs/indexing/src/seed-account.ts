import {
  entrypointSlotFrom,
  sessionDataFromFelts,
  sessionDataToFelts,
  slotAt,
  spendingPolicyFromFelts,
  spendingPolicyToFelts,
} from '#libs/account';
import type { BlockHeader, ChainSource } from '#libs/chain';
import type { Address, ClassHash, Felt, SessionKey } from '#libs/felt';
import {
  type AccountDeadLetter,
  type AccountFact,
  newPolicy,
  newSession,
  type PolicyState,
  type SessionState,
} from '#libs/sessions';
import type { ClassInfo } from './class-catalogue.ts';
import { emptyHistory, type PolicyLife, readAccountHistory, type SessionLife } from './account-history.ts';
import { mapConcurrently } from './map-concurrently.ts';

/** What the chain says of an account at one block, with the events that led there. */
export interface AccountSeed {
  readonly address: Address;
  readonly at: BlockHeader;
  /** Undefined: no contract there at that block. */
  readonly classInfo: ClassInfo | undefined;
  readonly sessions: readonly SessionState[];
  readonly policies: readonly PolicyState[];
  readonly headers: readonly BlockHeader[];
  readonly facts: readonly { readonly header: BlockHeader; readonly item: AccountFact }[];
  readonly deadLetters: readonly { readonly header: BlockHeader; readonly item: AccountDeadLetter }[];
  /** No session event up to the block: the state is complete from the first block on. */
  readonly untouched: boolean;
}

export interface SeedPorts {
  readonly source: ChainSource;
  readonly requireClass: (classHash: ClassHash, blockHash: Felt) => Promise<ClassInfo>;
}

/** Reads that run at the same time for one account. */
const READS_AT_ONCE = 16;
/** A list longer than this is left unknown, as in the fold. */
const LONGEST_LIST = 1_000n;

/**
 * Reads an account as it stands at a block: which keys and policies it ever had from its events, what they hold from
 * storage, pinned by the block's hash. @throws ChainError BLOCK_NOT_FOUND when the block was replaced meanwhile.
 */
export const readAccountSeed = async (
  ports: SeedPorts,
  address: Address,
  at: BlockHeader,
): Promise<AccountSeed> => {
  const classHash = await ports.source.classHashAt(address, { blockHash: at.blockHash });
  const classInfo = classHash === undefined ? undefined : await ports.requireClass(classHash, at.blockHash);
  const history = classInfo
    ? await readAccountHistory(ports.source, address, at.blockNumber, classInfo.eventShapes)
    : emptyHistory();
  const ref = { source: ports.source, address, at };
  return {
    address,
    at,
    classInfo,
    headers: history.headers,
    facts: history.facts,
    deadLetters: history.deadLetters,
    untouched: history.facts.length === 0 && history.deadLetters.length === 0,
    sessions: await mapConcurrently([...history.sessions], READS_AT_ONCE, ([key, life]) =>
      seedSession(ref, key, life),
    ),
    policies: await mapConcurrently([...history.policies.values()], READS_AT_ONCE, (life) =>
      seedPolicy(ref, life),
    ),
  };
};

interface StorageRef {
  readonly source: ChainSource;
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
