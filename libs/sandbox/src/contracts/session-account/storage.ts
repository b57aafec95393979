import { slotAt } from '#libs/account';
import type { Felt } from '#libs/felt';
import type { ContractContext } from '../../execution/native-contract.ts';
import { u256Felts } from '../calldata-reader.ts';
import { cachedEntrypointSlot, cachedMapSlot, cachedPolicySlot, cachedSessionSlot } from '../slot-cache.ts';

export interface StoredSession {
  readonly validUntil: bigint;
  readonly maxCalls: bigint;
  readonly callsUsed: bigint;
  readonly entrypointsLength: bigint;
}

export interface StoredPolicy {
  readonly maxPerCall: bigint;
  readonly maxPerWindow: bigint;
  readonly windowSeconds: bigint;
  readonly spentInWindow: bigint;
  readonly windowStart: bigint;
}

type Storage = Pick<ContractContext, 'read' | 'write'>;

const readAt = (storage: Storage, base: Felt, offset: number): bigint => storage.read(slotAt(base, offset));

const readU256At = (storage: Storage, base: Felt, offset: number): bigint =>
  readAt(storage, base, offset) + (readAt(storage, base, offset + 1) << 128n);

export const readSession = (storage: Storage, key: bigint): StoredSession => {
  const base = cachedSessionSlot(key);
  return {
    validUntil: readAt(storage, base, 0),
    maxCalls: readAt(storage, base, 1),
    callsUsed: readAt(storage, base, 2),
    entrypointsLength: readAt(storage, base, 3),
  };
};

export const sessionFelts = (session: StoredSession): bigint[] => [
  session.validUntil,
  session.maxCalls,
  session.callsUsed,
  session.entrypointsLength,
];

export const writeSession = (storage: Storage, key: bigint, session: StoredSession): void => {
  writeAll(storage, cachedSessionSlot(key), sessionFelts(session));
};

export const readEntrypoint = (storage: Storage, key: bigint, index: number): bigint =>
  storage.read(cachedEntrypointSlot(key, index));

export const writeEntrypoint = (storage: Storage, key: bigint, index: number, selector: bigint): void => {
  storage.write(cachedEntrypointSlot(key, index), selector);
};

export const readPolicy = (storage: Storage, key: bigint, token: bigint): StoredPolicy => {
  const base = cachedPolicySlot(key, token);
  return {
    maxPerCall: readU256At(storage, base, 0),
    maxPerWindow: readU256At(storage, base, 2),
    windowSeconds: readAt(storage, base, 4),
    spentInWindow: readU256At(storage, base, 5),
    windowStart: readAt(storage, base, 7),
  };
};

export const policyFelts = (policy: StoredPolicy): bigint[] => [
  ...u256Felts(policy.maxPerCall),
  ...u256Felts(policy.maxPerWindow),
  policy.windowSeconds,
  ...u256Felts(policy.spentInWindow),
  policy.windowStart,
];

export const writePolicy = (storage: Storage, key: bigint, token: bigint, policy: StoredPolicy): void => {
  writeAll(storage, cachedPolicySlot(key, token), policyFelts(policy));
};

export const publicKeySlot = (): Felt => cachedMapSlot('Account_public_key');
export const signatureModeSlot = (): Felt => cachedMapSlot('session_signature_mode');
export const outsideNonceSlot = (nonce: bigint): Felt => cachedMapSlot('SRC9_nonces', nonce);

const writeAll = (storage: Storage, base: Felt, values: readonly bigint[]): void => {
  values.forEach((value, offset) => {
    storage.write(slotAt(base, offset), value);
  });
};
