import { emptyChanges, type StateChanges, type StateReader } from './state-reader.ts';

/**
 * Joins the changes of a block's transactions. With `before`, values that ended where the block began are
 * left out, as the network does; without it they stay, as starknet-devnet does.
 */
export const joinChanges = (
  parts: readonly StateChanges[],
  before: StateReader | undefined,
): StateChanges => {
  const joined = emptyChanges();
  for (const part of parts) {
    for (const [address, slots] of part.storage) {
      joined.storage.set(address, new Map([...(joined.storage.get(address) ?? []), ...slots]));
    }
    for (const [address, nonce] of part.nonces) joined.nonces.set(address, nonce);
    for (const [hash, compiled] of part.declared) joined.declared.set(hash, compiled);
    for (const [address, hash] of part.deployed) joined.deployed.set(address, hash);
    for (const [address, hash] of part.replaced) {
      // Deployed and upgraded in one block: the block deployed the final class.
      (joined.deployed.has(address) ? joined.deployed : joined.replaced).set(address, hash);
    }
  }
  return before ? withoutUnchanged(joined, before) : joined;
};

const withoutUnchanged = (changes: StateChanges, before: StateReader): StateChanges => {
  const storage = new Map<bigint, Map<bigint, bigint>>();
  for (const [address, slots] of changes.storage) {
    const changed = new Map([...slots].filter(([slot, value]) => before.storageAt(address, slot) !== value));
    if (changed.size > 0) storage.set(address, changed);
  }
  const replaced = new Map(
    [...changes.replaced].filter(([address, hash]) => before.classHashAt(address) !== hash),
  );
  return { ...changes, storage, replaced };
};

/** The length that a block header states. */
export const changesLength = (changes: StateChanges): number =>
  [...changes.storage.values()].reduce((sum, slots) => sum + slots.size, 0) +
  changes.nonces.size +
  changes.deployed.size +
  changes.replaced.size +
  changes.declared.size;
