import {
  SESSION_DATA_SLOTS,
  type SessionData,
  sessionDataFromFelts,
  sessionDataToFelts,
  slotAt,
  SPENDING_POLICY_SLOTS,
  type SpendingPolicy,
  spendingPolicyFromFelts,
  spendingPolicyToFelts,
} from '#libs/account';
import type { Felt } from '#libs/felt';
import type { ContractContext } from '../../execution/native-contract.ts';
import { cachedEntrypointSlot, cachedMapSlot, cachedPolicySlot, cachedSessionSlot } from '../slot-cache.ts';

type Storage = Pick<ContractContext, 'read' | 'write'>;

const readFrom = (storage: Storage, base: Felt, count: number): Felt[] =>
  Array.from({ length: count }, (_, offset) => storage.read(slotAt(base, offset)) as Felt);

export const readSession = (storage: Storage, key: bigint): SessionData =>
  sessionDataFromFelts(readFrom(storage, cachedSessionSlot(key), SESSION_DATA_SLOTS));

export const writeSession = (storage: Storage, key: bigint, session: SessionData): void => {
  writeAll(storage, cachedSessionSlot(key), sessionDataToFelts(session));
};

export const readEntrypoint = (storage: Storage, key: bigint, index: number): bigint =>
  storage.read(cachedEntrypointSlot(key, index));

export const writeEntrypoint = (storage: Storage, key: bigint, index: number, selector: bigint): void => {
  storage.write(cachedEntrypointSlot(key, index), selector);
};

/** The whitelist of a key, in its order. */
export const readEntrypoints = (storage: Storage, key: bigint): Felt[] =>
  Array.from(
    { length: Number(readSession(storage, key).allowedEntrypointsLen) },
    (_, index) => readEntrypoint(storage, key, index) as Felt,
  );

export const readPolicy = (storage: Storage, key: bigint, token: bigint): SpendingPolicy =>
  spendingPolicyFromFelts(readFrom(storage, cachedPolicySlot(key, token), SPENDING_POLICY_SLOTS));

export const writePolicy = (storage: Storage, key: bigint, token: bigint, policy: SpendingPolicy): void => {
  writeAll(storage, cachedPolicySlot(key, token), spendingPolicyToFelts(policy));
};

export const publicKeySlot = (): Felt => cachedMapSlot('Account_public_key');
export const signatureModeSlot = (): Felt => cachedMapSlot('session_signature_mode');
export const outsideNonceSlot = (nonce: bigint): Felt => cachedMapSlot('SRC9_nonces', nonce);

const writeAll = (storage: Storage, base: Felt, values: readonly bigint[]): void => {
  values.forEach((value, offset) => {
    storage.write(slotAt(base, offset), value);
  });
};
