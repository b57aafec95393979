import type { Snapshot } from './snapshot.ts';
import { COMPARED, type ComparedTable, type Placed } from './tables.ts';

const placedIn = (snapshot: Snapshot, table: string): Placed[] =>
  (snapshot.get(table) ?? []).map((row) => JSON.parse(row) as Placed);

/** How an operator came by an account is no part of what the chain did to it: readings, and claims of a history. */
const NO_READINGS = `and t.kind not in ('AccountStateRead', 'SessionStateRead', 'SpendingPolicyStateRead',
  'AccountClassRead', 'HistoryRead')`;

/** Which columns differ between an index that followed from the beginning and one that was told late. */
const MASKED_LATE: Readonly<Record<string, ComparedTable['masked']>> = {
  networks: {
    first_block: 'where the operator began',
    searched_from_genesis: 'whether discovery was on from there',
  },
  accounts: {
    source: 'asked for, or discovered later',
    attempts: 'tries under faults',
    reason_code: 'why an earlier try failed',
    recorded_from_block: 'what may be missing is told by it',
    followed_from_block: 'above 0 where nothing had happened to keys and policies before',
  },
  follows: { source: 'asked for, or discovered later' },
};

/** What stands in a block of its own, and is missing where that block was not read. */
const IN_BLOCKS: ReadonlySet<string> = new Set([
  'facts',
  'dead_letters',
  'uses',
  'debits',
  'movements',
  'approvals',
  'alerts',
]);

/** Sums of ledgers of which rows may be missing. Whether they are those of the rows that are there, a verification says. */
const SUMS = 'account_months';

/** The columns with which snapshots of either side are taken. */
export const COMPARED_LATE: readonly ComparedTable[] = COMPARED.filter(({ table }) => table !== SUMS).map(
  ({ from, ...compared }) => ({
    ...compared,
    ...(from !== undefined && {
      from: compared.table === 'facts' ? `${from} where true ${NO_READINGS}` : from,
    }),
    masked: { ...compared.masked, ...MASKED_LATE[compared.table] },
  }),
);

/** Where a late index says that it begins, and from where on it has everything of an account. */
export const BEGINNINGS: readonly ComparedTable[] = [
  { table: 'networks', masked: {} },
  { table: 'accounts', masked: {} },
];

/**
 * A history has every block that changed a word of the account or has an event of it: facts and versions of these must
 * all be there. Missing may be what stands in other blocks below `recordedFrom` (sponsored calls that were refused,
 * movements by others); the rows of blocks below the first one that was read one by one, where no history needed them; and
 * of an account that had no key and no policy yet when it was first read, its deployment and its class until then.
 * Nothing may be there that the straight replay has not, but how its class stood at that first reading, and another
 * parent of a block below the first one: it stands alone, and nothing is there that its parent could be compared with.
 */
export const lateTables = (straight: Snapshot, beginnings: Snapshot): readonly ComparedTable[] => {
  const shown = blocksThatShow(straight);
  const accounts = new Map(placedIn(beginnings, 'accounts').map((row) => [row.address, row]));
  const followedFrom = ({ account }: Placed): number => accounts.get(account)?.followed_from_block ?? 0;
  const recordedFrom = ({ account }: Placed): number => accounts.get(account)?.recorded_from_block ?? 0;
  const [{ first_block: firstBlock = 0 } = {}] = placedIn(beginnings, 'networks');
  const isUnread = (row: Placed): boolean => {
    const { account, block_number: block = 0, session_key: key = null } = row;
    const isUnseen = block < recordedFrom(row) && !shown.has(`${account}/${block}`);
    return isUnseen || (block < followedFrom(row) && key === null);
  };
  const blocks = new Map(placedIn(straight, 'blocks').map((row) => [row.block_hash, row]));
  const standsAlone = (row: Placed): boolean => {
    const { parent_hash } = blocks.get(row.block_hash) ?? {};
    return JSON.stringify(blocks.get(row.block_hash)) === JSON.stringify({ ...row, parent_hash });
  };
  const isBefore = (row: Placed): boolean => (row.valid_from_block ?? 0) < followedFrom(row);
  const isFirstReading = (row: Placed): boolean =>
    row.valid_from_block === followedFrom(row) || row.class_hash === null;
  return COMPARED_LATE.map((compared): ComparedTable => {
    const { table } = compared;
    const isBelow = ({ block_number: at = 0 }: Placed): boolean => at < firstBlock;
    if (table === 'blocks')
      return { ...compared, mayLack: isBelow, mayHold: (row) => isBelow(row) && standsAlone(row) };
    if (table === 'account_versions') return { ...compared, mayLack: isBefore, mayHold: isFirstReading };
    return IN_BLOCKS.has(table) ? { ...compared, mayLack: isUnread } : compared;
  });
};

/** Events of other contracts that name the account: a node is not asked for them. */
const OF_TOKENS = /^Tokens?[A-Z]/;
const DERIVED_EVENT = 1_000_000;
const DERIVED_TRANSACTION = 2_147_483_647;

const blocksThatShow = (straight: Snapshot): ReadonlySet<string> =>
  new Set([
    ...['session_versions', 'policy_versions', 'account_versions'].flatMap((table) =>
      placedIn(straight, table).map((row) => `${row.account}/${row.valid_from_block}`),
    ),
    ...placedIn(straight, 'facts')
      .filter(
        ({ kind = '', event_index: event = 0, transaction_index: transaction = 0 }) =>
          event < DERIVED_EVENT && transaction < DERIVED_TRANSACTION && !OF_TOKENS.test(kind),
      )
      .map((row) => `${row.account}/${row.block_number}`),
  ]);
