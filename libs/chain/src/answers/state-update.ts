import { type ClassHash, type Felt, feltToHex } from '#libs/felt';
import type { StateUpdate } from '../types.ts';
import {
  arrayField,
  asFelt,
  asObject,
  classHashField,
  feltField,
  type JsonObject,
  objectField,
} from './fields.ts';
import { mismatch } from './header.ts';

/**
 * Reads an answer of starknet_getStateUpdate, keeping only the wanted addresses (all, when none are given).
 * The filter is applied here whatever the node did: some ignore theirs in silence.
 */
export const readStateUpdateAnswer = (
  answer: unknown,
  blockHash: Felt,
  wanted?: ReadonlySet<bigint>,
): StateUpdate => {
  const raw = asObject(answer, 'state update');
  const got = feltField(raw, 'block_hash');
  if (got !== blockHash) {
    throw mismatch(`asked for the state update of ${feltToHex(blockHash)}, got that of ${feltToHex(got)}`);
  }
  const diff = objectField(raw, 'state_diff');
  const classHash = (entry: JsonObject): ClassHash => classHashField(entry, 'class_hash');
  return {
    blockHash,
    storageDiffs: readByAddress(diff, 'storage_diffs', 'address', wanted, readEntries),
    nonces: readByAddress(diff, 'nonces', 'contract_address', wanted, (entry) => feltField(entry, 'nonce')),
    replacedClasses: readByAddress(diff, 'replaced_classes', 'contract_address', wanted, classHash),
    deployedContracts: readByAddress(diff, 'deployed_contracts', 'address', wanted, classHash),
  };
};

/** The state update of a block in which nobody is interested. */
export const emptyStateUpdate = (blockHash: Felt): StateUpdate => ({
  blockHash,
  storageDiffs: new Map(),
  nonces: new Map(),
  replacedClasses: new Map(),
  deployedContracts: new Map(),
});

const readByAddress = <T>(
  diff: JsonObject,
  list: string,
  addressName: string,
  wanted: ReadonlySet<bigint> | undefined,
  read: (entry: JsonObject) => T,
): Map<bigint, T> => {
  const byAddress = new Map<bigint, T>();
  for (const item of arrayField(diff, list)) {
    const entry = asObject(item, list);
    const address = asFelt(entry[addressName], addressName);
    if (wanted && !wanted.has(address)) continue;
    if (byAddress.has(address)) throw mismatch(`an address stands twice in ${list}`);
    byAddress.set(address, read(entry));
  }
  return byAddress;
};

const readEntries = (diff: JsonObject): Map<bigint, Felt> => {
  const entries = new Map<bigint, Felt>();
  for (const item of arrayField(diff, 'storage_entries')) {
    const entry = asObject(item, 'storage entry');
    const key = feltField(entry, 'key');
    if (entries.has(key)) throw mismatch('a slot stands twice in a storage diff');
    entries.set(key, feltField(entry, 'value'));
  }
  return entries;
};
