/** How much there is: rows are computed from these numbers alone, in SQL and here alike. */
export interface World {
  readonly accounts: number;
  readonly keysPerAccount: number;
  readonly usesPerKey: number;
  /** How many of the newest versions of a key there are; one more than uses: all. */
  readonly versionsPerKey: number;
  /** Days before the head over which the uses are spread. */
  readonly days: number;
  /** Whether both ledgers and the versions of policies are filled too, one row of each for a use. */
  readonly ledgers: boolean;
}

export const USES_PER_BLOCK = 100;
export const MAX_CALLS = 1_000;
export const TEAMS = 20;
export const TOKENS = 3;

export const keysOf = ({ accounts, keysPerAccount }: World): number => accounts * keysPerAccount;
export const usesOf = (world: World): number => keysOf(world) * world.usesPerKey;
/** The head; block 0 is the one in which all keys were registered. */
export const blocksOf = (world: World): number => Math.ceil(usesOf(world) / USES_PER_BLOCK);

const HOUR = 3_600;
export const DAY = 24 * HOUR;

/** When a block was made, as `fill` writes it. */
const secondsOfBlock = (world: World, headSeconds: number, block: number): number =>
  headSeconds - world.days * DAY + Math.floor((block * world.days * DAY) / blocksOf(world));

const blockOf = (use: number): number => 1 + Math.floor(use / USES_PER_BLOCK);

/** How many uses there are from a time on. */
export const usesSince = (world: World, headSeconds: number, fromSeconds: number): number => {
  let [low, high] = [0, usesOf(world)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (secondsOfBlock(world, headSeconds, blockOf(middle)) >= fromSeconds) high = middle;
    else low = middle + 1;
  }
  return usesOf(world) - low;
};

/** The month of a time in a zone: its first day, the day after its last one, and when it begins. */
export const monthOf = (
  seconds: number,
  timeZone: string,
): { readonly from: string; readonly to: string; readonly startsSeconds: number } => {
  const parts = (at: number): readonly number[] =>
    new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
      .format(at * 1_000)
      .split(/[- :]/)
      .map(Number);
  const [year = 0, month = 1] = parts(seconds);
  const day = (of: number): string => new Date(Date.UTC(year, of, 1)).toISOString().slice(0, 10);
  // Midnight in UTC, moved by what the clocks of the zone say then; no zone changes its clocks at that hour.
  const midnight = Date.UTC(year, month - 1, 1) / 1_000;
  const [, , localDay = 1, hours = 0, minutes = 0] = parts(midnight);
  const ahead = hours * HOUR + minutes * 60 - (localDay === 1 ? 0 : DAY);
  return { from: day(month - 1), to: day(month), startsSeconds: midnight - ahead };
};

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
