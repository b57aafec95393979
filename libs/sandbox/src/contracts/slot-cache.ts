import {
  entrypointSlotFrom,
  entrypointsMapBase,
  mapSlot,
  policySlotBase,
  sessionSlotBase,
} from '#libs/account';
import type { Address, Felt, SessionKey } from '#libs/felt';

const MAX_ENTRIES = 100_000;
const cache = new Map<string, Felt>();

/** A pedersen costs about 0.7 ms and thousands of transactions touch the same slots. */
const cached = (key: string, compute: () => Felt): Felt => {
  const found = cache.get(key);
  if (found !== undefined) return found;
  if (cache.size >= MAX_ENTRIES) cache.clear();
  const computed = compute();
  cache.set(key, computed);
  return computed;
};

export const cachedMapSlot = (name: string, ...keys: readonly bigint[]): Felt =>
  cached(`${name}:${keys.join(':')}`, () => mapSlot(name, ...keys));

export const cachedSessionSlot = (sessionKey: bigint): Felt =>
  cached(`session:${sessionKey}`, () => sessionSlotBase(sessionKey as SessionKey));

export const cachedEntrypointSlot = (sessionKey: bigint, index: number): Felt =>
  cached(`entrypoint:${sessionKey}:${index}`, () =>
    entrypointSlotFrom(
      cached(`entrypoints:${sessionKey}`, () => entrypointsMapBase(sessionKey as SessionKey)),
      index,
    ),
  );

export const cachedPolicySlot = (sessionKey: bigint, token: bigint): Felt =>
  cached(`policy:${sessionKey}:${token}`, () => policySlotBase(sessionKey as SessionKey, token as Address));
