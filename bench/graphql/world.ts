/** How much there is: rows are computed from these numbers alone, in SQL and here alike. */
export interface World {
  readonly accounts: number;
  readonly keysPerAccount: number;
  readonly usesPerKey: number;
  /** Days before the head over which the uses are spread. */
  readonly days: number;
  /** Whether both ledgers and the versions of policies are filled too, one row of each for a use. */
  readonly ledgers: boolean;
}

export const USES_PER_BLOCK = 100;
export const MAX_CALLS = 1_000;
export const TEAMS = 20;
const TOKENS = 3;

export const keysOf = ({ accounts, keysPerAccount }: World): number => accounts * keysPerAccount;
export const usesOf = (world: World): number => keysOf(world) * world.usesPerKey;
/** The head; block 0 is the one in which all keys were registered. */
export const blocksOf = (world: World): number => Math.ceil(usesOf(world) / USES_PER_BLOCK);

const PREFIXES = { account: '0x4', key: '0x3', block: '0x5', transaction: '0x6' } as const;
type Kind = keyof typeof PREFIXES;
const DIGITS = 62;

/** A felt of 63 digits from a number, and the same as an expression of SQL. */
export const feltOf = (kind: Kind, number: number): string =>
  `${PREFIXES[kind]}${number.toString(16).padStart(DIGITS, '0')}`;

export const feltSql = (kind: Kind, number: string): string =>
  `('${PREFIXES[kind]}' || lpad(to_hex((${number})::bigint), ${DIGITS}, '0'))`;

export const tokenSql = (key: string): string =>
  `('0x7' || lpad(((${key}) % ${TOKENS})::text, ${DIGITS}, '0'))`;

/** One key, counted from 0, and the account that it belongs to, counted from 1. */
export const keyAt = ({ keysPerAccount }: World, key: number) => ({
  account: feltOf('account', Math.floor(key / keysPerAccount) + 1),
  sessionKey: feltOf('key', key + 1),
});
