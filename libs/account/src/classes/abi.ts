import { AccountError } from '../account.error.ts';

/** One entry of an ABI, any generation: only what is looked at here, everything optional until it is checked. */
export interface AbiItem {
  readonly type?: unknown;
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly items?: unknown;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
  readonly members?: unknown;
  readonly variants?: unknown;
  readonly keys?: unknown;
  readonly data?: unknown;
}

/** A name with its type, as functions, structs and events list them. */
export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  /** In events: key, data, nested or flat. */
  readonly kind?: string;
}

/** The parts of an ABI by name. */
export interface ParsedAbi {
  readonly functions: ReadonlyMap<
    string,
    { readonly inputs: readonly AbiParameter[]; readonly outputs: readonly AbiParameter[] }
  >;
  readonly structs: ReadonlyMap<string, readonly AbiParameter[]>;
  readonly events: readonly AbiItem[];
}

/** More entries than any account has. An ABI is written by a stranger: what it may cost is bounded. */
const MAX_ENTRIES = 10_000;

/**
 * Reads an ABI: the JSON array of a class, or the string a Sierra class carries it in. Functions are found at the
 * top level (Cairo 0 and 1) and inside interface items (Cairo 2).
 * @throws AccountError INVALID_ABI when it is neither, or has too many entries.
 */
export const parseAbi = (abi: unknown): ParsedAbi => {
  const items = flatten(toList(typeof abi === 'string' ? parseJson(abi) : abi));
  if (items.length > MAX_ENTRIES) throw new AccountError('INVALID_ABI', 'the ABI has too many entries');
  const named = (type: string) => items.filter((item) => item.type === type && typeof item.name === 'string');
  return {
    functions: new Map(
      named('function').map((item) => [
        String(item.name),
        { inputs: parameters(item.inputs), outputs: parameters(item.outputs) },
      ]),
    ),
    structs: new Map(named('struct').map((item) => [String(item.name), parameters(item.members)])),
    events: named('event'),
  };
};

/** Reads a list of parameters; what is no parameter is left out. */
export const parameters = (list: unknown): AbiParameter[] =>
  (Array.isArray(list) ? (list as unknown[]) : []).flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { name, type, kind } = entry as { name?: unknown; type?: unknown; kind?: unknown };
    // Outputs of Cairo 1 and later have no name.
    if (typeof type !== 'string') return [];
    return [
      { name: typeof name === 'string' ? name : '', type, ...(typeof kind === 'string' ? { kind } : {}) },
    ];
  });

/** The last segment of a path: `core::integer::u64` is `u64`. Type arguments stay: `Array::<felt252>`. */
export const lastSegment = (path: string): string => {
  const generics = path.indexOf('::<');
  const head = generics < 0 ? path : path.slice(0, generics);
  const separator = head.lastIndexOf('::');
  return separator < 0 ? path : path.slice(separator + 2);
};

const flatten = (items: readonly AbiItem[]): AbiItem[] =>
  items.flatMap((item) =>
    item.type === 'interface' && Array.isArray(item.items) ? toList(item.items) : [item],
  );

const toList = (value: unknown): AbiItem[] => {
  if (!Array.isArray(value)) throw new AccountError('INVALID_ABI', 'an ABI is a list of items');
  return value.filter((item): item is AbiItem => typeof item === 'object' && item !== null);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AccountError('INVALID_ABI', 'the ABI is not JSON', { cause });
  }
};
