import type { Json } from '#libs/testing';

/** Lists of a state diff have no order: they are compared as sets. */
const UNORDERED = new Set([
  'storage_diffs',
  'storage_entries',
  'nonces',
  'deployed_contracts',
  'replaced_classes',
  'declared_classes',
  'deprecated_declared_classes',
]);

export const sortDiffs = (value: Json, name = ''): Json => {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => sortDiffs(item));
    return UNORDERED.has(name) ? items.toSorted(byText) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [member, sortDiffs(inner, member)]),
  );
};

const byText = (left: Json, right: Json): number => (keyOf(left) < keyOf(right) ? -1 : 1);

/** By address, key or hash, so that items that belong together are compared with one another. */
const keyOf = (item: Json): string => {
  if (typeof item !== 'object' || item === null) return JSON.stringify(item);
  const { address, key, contract_address: contract, class_hash: classHash } = item as Record<string, Json>;
  return JSON.stringify(address ?? key ?? contract ?? classHash);
};
