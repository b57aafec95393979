import {
  type ClassCapabilities,
  entrypointSlotFrom,
  entrypointsMapBase,
  SELECTORS,
  sessionDataFromFelts,
  spendingPolicyFromFelts,
} from '#libs/account';
import type { SessionData, SpendingPolicy } from '#libs/account';
import { PurserError } from '#libs/api';
import { type BlockHeader, isChainError } from '#libs/chain';
import { type Address, type ClassHash, type Felt, feltToHex, type SessionKey, toFelt } from '#libs/felt';
import type { ServedNetwork } from '../ports.ts';

/** A list longer than this is not read: the index leaves it unknown as well. */
const LONGEST_LIST = 1_000n;
const READS_AT_ONCE = 8;

/** One account at one block, pinned by the hash of the block, so that all words are of the same state. */
export interface NodeAccount {
  readonly network: ServedNetwork;
  readonly account: Address;
  readonly block: BlockHeader;
  readonly classHash: ClassHash;
  /** Undefined: the class has no readable ABI. */
  readonly capabilities: ClassCapabilities | undefined;
  readonly signal: AbortSignal;
}

const view = ({ network, account, block, signal }: NodeAccount, selector: Felt, calldata: readonly Felt[]) =>
  network.source.call(account, selector, calldata, { blockHash: block.blockHash }, { signal });

/**
 * The four words of a session key, read strictly.
 * @throws AccountError SESSION_INVALID_RESPONSE; PurserError INVALID_WALLET_TYPE_FOR_SESSION where there is no such view
 */
export const readSessionData = async (at: NodeAccount, key: SessionKey): Promise<SessionData> => {
  try {
    return sessionDataFromFelts(await view(at, SELECTORS.get_session_data, [key]));
  } catch (error) {
    if (isChainError(error, 'ENTRYPOINT_NOT_FOUND'))
      throw withoutSessions(at.classHash, ['get_session_data']);
    throw error;
  }
};

/** Capabilities list what is missing of policies beside what is missing of sessions. */
const POLICY_NAME = /spending_?policy/i;

export const withoutSessions = (classHash: bigint | undefined, missing: readonly string[]): PurserError =>
  new PurserError('INVALID_WALLET_TYPE_FOR_SESSION', 'The class of this contract has no session keys.', {
    details: {
      classHash: classHash === undefined ? null : feltToHex(classHash),
      missing: missing.filter((name) => !POLICY_NAME.test(name)),
    },
  });

/** The allowed selectors in list order; nothing where the list is too long to be read. */
export const readEntrypoints = async (
  at: NodeAccount,
  key: SessionKey,
  length: bigint,
): Promise<readonly Felt[] | undefined> => {
  if (length > LONGEST_LIST) return undefined;
  const indexes = Array.from({ length: Number(length) }, (_, index) => index);
  if (at.capabilities?.entrypointViews !== false)
    return mapInGroups(indexes, (index) => viewedEntry(at, key, index));
  const mapBase = entrypointsMapBase(key);
  return mapInGroups(indexes, (index) => storedEntry(at, entrypointSlotFrom(mapBase, index)));
};

const viewedEntry = async (at: NodeAccount, key: SessionKey, index: number): Promise<Felt> => {
  const calldata = [key, toFelt(index)];
  const [selector, ...rest] = await view(at, SELECTORS.get_session_allowed_entrypoint_at, calldata);
  if (selector === undefined || rest.length > 0) {
    throw new PurserError('SESSION_INVALID_RESPONSE', 'The account answered with no single selector.');
  }
  return selector;
};

const storedEntry = ({ network, account, block, signal }: NodeAccount, slot: Felt): Promise<Felt> =>
  network.source.storageAt(account, slot, { blockHash: block.blockHash }, { signal });

/** @throws AccountError INVALID_SPENDING_POLICY */
export const readPolicies = (
  at: NodeAccount,
  key: SessionKey,
  tokens: readonly Address[],
): Promise<{ token: Address; policy: SpendingPolicy }[]> =>
  mapInGroups(tokens, async (token) => ({
    token,
    policy: spendingPolicyFromFelts(await view(at, SELECTORS.get_spending_policy, [key, token])),
  }));

const mapInGroups = async <In, Out>(
  items: readonly In[],
  map: (item: In) => Promise<Out>,
): Promise<Out[]> => {
  const results: Out[] = [];
  for (let at = 0; at < items.length; at += READS_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + READS_AT_ONCE).map(map))));
  }
  return results;
};
