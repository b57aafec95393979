import {
  AccountError,
  SELECTORS,
  sessionSlotBase,
  slotAt,
  spendingPolicyFromFelts,
  policySlotBase,
} from '#libs/account';
import { type BlockPin, type ChainSource, isChainError } from '#libs/chain';
import type { Address, Felt, SessionKey } from '#libs/felt';

/** One question to a node, paced and cancellable. */
export type Ask = <T>(question: () => Promise<T>) => Promise<T>;

export interface NodeRef {
  readonly source: ChainSource;
  readonly ask: Ask;
  readonly pin: Extract<BlockPin, { readonly blockHash: Felt }>;
}

/** The four words of a session: what its view says, or storage where the class has no such view. */
export const sessionWordsAt = (ref: NodeRef, account: Address, key: SessionKey): Promise<readonly bigint[]> =>
  viewOrStorage(ref, account, {
    selector: SELECTORS.get_session_data,
    calldata: [key],
    slots: 4,
    base: () => sessionSlotBase(key),
  });

/** The five values of a policy, from its eight words. Undefined: what stands there is no policy. */
export const policyWordsAt = async (
  ref: NodeRef,
  account: Address,
  key: SessionKey,
  token: Address,
): Promise<readonly bigint[] | undefined> => {
  const base = () => policySlotBase(key, token);
  const felts = await viewOrStorage(ref, account, {
    selector: SELECTORS.get_spending_policy,
    calldata: [key, token],
    slots: 8,
    base,
  });
  try {
    const policy = spendingPolicyFromFelts(felts);
    const { maxPerCall, maxPerWindow, windowSeconds, spentInWindow, windowStartSeconds } = policy;
    return [maxPerCall, maxPerWindow, windowSeconds, spentInWindow, windowStartSeconds];
  } catch (error) {
    if (error instanceof AccountError) return undefined;
    throw error;
  }
};

interface View {
  readonly selector: Felt;
  readonly calldata: readonly Felt[];
  readonly slots: number;
  readonly base: () => Felt;
}

const viewOrStorage = async (
  { source, ask, pin }: NodeRef,
  account: Address,
  { selector, calldata, slots, base }: View,
): Promise<readonly Felt[]> => {
  try {
    return await ask(() => source.call(account, selector, calldata, pin));
  } catch (error) {
    if (!isChainError(error, 'ENTRYPOINT_NOT_FOUND', 'CONTRACT_ERROR')) throw error;
  }
  const words: Felt[] = [];
  const first = base();
  for (let at = 0; at < slots; at += 1)
    words.push(await ask(() => source.storageAt(account, slotAt(first, at), pin)));
  return words;
};
