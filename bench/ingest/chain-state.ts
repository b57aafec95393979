import { ADDRESS_BOUND, feltToHex, pedersenHash, snKeccak } from '#libs/felt';
import type { Random } from './random.ts';

/** What the generator holds of a policy, in the words of the contract. */
export interface PolicyModel {
  readonly token: string;
  readonly slots: readonly string[];
  maxPerCall: number;
  maxPerWindow: number;
  windowSeconds: number;
  spent: number;
  windowStart: number;
  lifecycle: 'SET' | 'REMOVED';
  lifecycleBlock: number;
  lifecycleTx: string;
  /** As the last version has them; null before the first. */
  lastWords: readonly string[] | null;
}

/** What the generator holds of a session key. */
export interface KeyModel {
  readonly sessionKey: string;
  readonly slots: readonly string[];
  readonly listSlots: string[];
  validUntil: number;
  maxCalls: number;
  callsUsed: number;
  list: readonly string[];
  lifecycle: 'REGISTERED' | 'REVOKED';
  lifecycleBlock: number;
  lifecycleTx: string;
  policy: PolicyModel | undefined;
  lastWords: readonly string[] | null;
}

export type SlotOwner = { readonly kind: 'SESSION' | 'POLICY'; readonly key: KeyModel };

export interface AccountModel {
  readonly address: string;
  readonly publicKey: string;
  readonly keys: KeyModel[];
  readonly storage: Map<string, string>;
  readonly owners: Map<string, SlotOwner>;
  nonce: number;
}

// Written out here, not taken from libs/account: what is measured must not check itself.
const SESSION_KEYS = snKeccak('session_keys');
const SESSION_ENTRYPOINTS = snKeccak('session_entrypoints');
const POLICIES = snKeccak('policies');

const slotsFrom = (hash: bigint, count: number): string[] =>
  Array.from({ length: count }, (_, offset) => feltToHex((hash % ADDRESS_BOUND) + BigInt(offset)));

export const newAccount = (random: Random): AccountModel => ({
  address: random.felt(),
  publicKey: random.felt(),
  keys: [],
  storage: new Map(),
  owners: new Map(),
  nonce: 0,
});

export const addKey = (account: AccountModel, random: Random): KeyModel => {
  const sessionKey = random.felt();
  const slots = slotsFrom(pedersenHash(SESSION_KEYS, BigInt(sessionKey)), 4);
  const key: KeyModel = {
    sessionKey,
    slots,
    listSlots: [],
    validUntil: 0,
    maxCalls: 0,
    callsUsed: 0,
    list: [],
    lifecycle: 'REGISTERED',
    lifecycleBlock: 0,
    lifecycleTx: '',
    policy: undefined,
    lastWords: null,
  };
  account.keys.push(key);
  for (const slot of slots) account.owners.set(slot, { kind: 'SESSION', key });
  return key;
};

export const addPolicy = (account: AccountModel, key: KeyModel, token: string): PolicyModel => {
  const inner = pedersenHash(POLICIES, BigInt(key.sessionKey));
  const slots = slotsFrom(pedersenHash(inner, BigInt(token)), 8);
  for (const slot of slots) account.owners.set(slot, { kind: 'POLICY', key });
  key.policy = {
    token,
    slots,
    maxPerCall: 0,
    maxPerWindow: 0,
    windowSeconds: 0,
    spent: 0,
    windowStart: 0,
    lifecycle: 'SET',
    lifecycleBlock: 0,
    lifecycleTx: '',
    lastWords: null,
  };
  return key.policy;
};

/** The slot of a whitelist entry, computed once for each key and index. */
export const listSlot = (key: KeyModel, index: number): string => {
  key.listSlots[index] ??= feltToHex(
    pedersenHash(pedersenHash(SESSION_ENTRYPOINTS, BigInt(key.sessionKey)), BigInt(index)) % ADDRESS_BOUND,
  );
  return key.listSlots[index];
};

export const sessionWords = (key: KeyModel): number[] => [
  key.validUntil,
  key.maxCalls,
  key.callsUsed,
  key.list.length,
];

/** Amounts stay below 2^53, so the high halves are 0. */
export const policyWords = (policy: PolicyModel): number[] => [
  policy.maxPerCall,
  0,
  policy.maxPerWindow,
  0,
  policy.windowSeconds,
  policy.spent,
  0,
  policy.windowStart,
];
