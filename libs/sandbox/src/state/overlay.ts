import type { StateChanges, StateReader } from './state-reader.ts';

/** A state with changes on top, both left untouched. */
export const applyChanges = (state: StateReader, changes: StateChanges): StateReader => ({
  storageAt: (address, slot) => changes.storage.get(address)?.get(slot) ?? state.storageAt(address, slot),
  classHashAt: (address) =>
    changes.replaced.get(address) ?? changes.deployed.get(address) ?? state.classHashAt(address),
  nonceAt: (address) => changes.nonces.get(address) ?? state.nonceAt(address),
  declaredAt: (classHash) => changes.declared.get(classHash) ?? state.declaredAt(classHash),
});
