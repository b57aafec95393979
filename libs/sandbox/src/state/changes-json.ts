import { feltToHex } from '#libs/felt';
import type { JsonObject } from '../rpc/json.ts';
import type { StateChanges } from './state-reader.ts';

type AddressedJson = Readonly<Record<string, string>>;

/** `state_diff` as a node returns it. */
export interface StateDiffJson extends JsonObject {
  readonly deployed_contracts: readonly AddressedJson[];
  readonly storage_diffs: readonly {
    readonly address: string;
    readonly storage_entries: readonly AddressedJson[];
  }[];
  readonly declared_classes: readonly AddressedJson[];
  readonly deprecated_declared_classes: readonly string[];
  readonly nonces: readonly AddressedJson[];
  readonly replaced_classes: readonly AddressedJson[];
}

export const changesToJson = (
  changes: StateChanges,
  deprecatedDeclaredClasses: readonly bigint[] = [],
): StateDiffJson => ({
  deployed_contracts: pairs(changes.deployed, 'address', 'class_hash'),
  storage_diffs: [...changes.storage].map(([address, slots]) => ({
    address: feltToHex(address),
    storage_entries: pairs(slots, 'key', 'value'),
  })),
  declared_classes: pairs(changes.declared, 'class_hash', 'compiled_class_hash'),
  deprecated_declared_classes: deprecatedDeclaredClasses.map(feltToHex),
  nonces: pairs(changes.nonces, 'contract_address', 'nonce'),
  replaced_classes: pairs(changes.replaced, 'contract_address', 'class_hash'),
});

/** Reads a diff back, as written by changesToJson. */
export const changesFromJson = (json: StateDiffJson): StateChanges => ({
  storage: new Map(
    json.storage_diffs.map((diff) => [BigInt(diff.address), unpair(diff.storage_entries, 'key', 'value')]),
  ),
  nonces: unpair(json.nonces, 'contract_address', 'nonce'),
  deployed: unpair(json.deployed_contracts, 'address', 'class_hash'),
  replaced: unpair(json.replaced_classes, 'contract_address', 'class_hash'),
  declared: unpair(json.declared_classes, 'class_hash', 'compiled_class_hash'),
});

/** Only what concerns the given contracts; declared classes belong to none and stay. */
export const filterDiff = (diff: StateDiffJson, addresses: ReadonlySet<string>): StateDiffJson => ({
  ...diff,
  deployed_contracts: diff.deployed_contracts.filter((entry) => addresses.has(entry['address'] ?? '')),
  storage_diffs: diff.storage_diffs.filter((entry) => addresses.has(entry.address)),
  nonces: diff.nonces.filter((entry) => addresses.has(entry['contract_address'] ?? '')),
  replaced_classes: diff.replaced_classes.filter((entry) => addresses.has(entry['contract_address'] ?? '')),
});

const pairs = (map: ReadonlyMap<bigint, bigint>, keyName: string, valueName: string): AddressedJson[] =>
  [...map].map(([key, value]) => ({ [keyName]: feltToHex(key), [valueName]: feltToHex(value) }));

const unpair = (entries: readonly AddressedJson[], keyName: string, valueName: string): Map<bigint, bigint> =>
  new Map(entries.map((entry) => [BigInt(entry[keyName] ?? '0x0'), BigInt(entry[valueName] ?? '0x0')]));
