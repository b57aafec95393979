import { sql } from 'kysely';
import { type Db, inTransaction, type Trx } from '#libs/database';
import { readCursor } from '#libs/facts';
import {
  type Address,
  type Felt,
  FeltError,
  parseAddress,
  parseSessionKey,
  type SessionKey,
} from '#libs/felt';

/** What the index says of one session key now, with its policies. */
export interface IndexedEntry {
  readonly account: Address;
  /** Undefined: no contract there yet. */
  readonly classHash: bigint | undefined;
  readonly sessionKey: SessionKey;
  /** The words of the session, in the order of storage. */
  readonly words: readonly bigint[];
  readonly policies: readonly { readonly token: Address; readonly words: readonly bigint[] }[];
}

/** Behind which key to go on. */
export interface EntryPosition {
  readonly account: string;
  readonly sessionKey: string;
}

export interface EntryPage {
  readonly block: { readonly blockNumber: number; readonly blockHash: Felt };
  readonly entries: readonly IndexedEntry[];
  /** Rows whose names are none that a chain can have: no node can be asked about them. */
  readonly unreadable: number;
  /** Undefined: that was the last of them. */
  readonly next: EntryPosition | undefined;
}

interface EntryRow {
  readonly account: string;
  readonly session_key: string;
  readonly class_hash: string | null;
  readonly words: readonly string[];
  readonly policies: readonly { readonly token: string; readonly words: readonly string[] }[] | null;
}

/** The next session keys by account and key, all of one block: the cursor. Nothing while nothing is indexed. */
export const readEntries = (
  db: Db,
  networkId: number,
  {
    account,
    after,
    limit,
  }: { readonly account?: string; readonly after: EntryPosition | undefined; readonly limit: number },
): Promise<EntryPage | undefined> =>
  inTransaction(
    db,
    async (trx) => {
      const block = await readCursor(trx, networkId);
      if (block === undefined) return undefined;
      const { rows } = await entryRows(trx, networkId, account, after, limit);
      const last = rows.length < limit ? undefined : rows.at(-1);
      const next = last && { account: last.account, sessionKey: last.session_key };
      const entries = rows.map(readable).filter((entry) => entry !== undefined);
      return { block, entries, unreadable: rows.length - entries.length, next };
    },
    { isolationLevel: 'repeatable read' },
  );

const entryRows = (
  trx: Trx,
  networkId: number,
  account: string | undefined,
  after: EntryPosition | undefined,
  limit: number,
) =>
  sql<EntryRow>`
  select s.account, s.session_key, a.class_hash,
    array[s.valid_until_seconds, s.max_calls, s.calls_used, s.allowed_entrypoints_len]::text[] as words,
    (select jsonb_agg(jsonb_build_object('token', p.token, 'words', array[p.max_per_call, p.max_per_window,
        p.window_seconds, p.spent_in_window, p.window_start_seconds]::text[]) order by p.token)
      from policy_versions p
      where p.network_id = s.network_id and p.account = s.account and p.session_key = s.session_key
        and p.valid_to_block is null) as policies
  from session_versions s
  left join account_versions a on a.network_id = s.network_id and a.account = s.account and a.valid_to_block is null
  where s.network_id = ${networkId}::integer and s.valid_to_block is null
    ${account === undefined ? sql`` : sql`and s.account = ${account}`}
    ${after === undefined ? sql`` : sql`and (s.account, s.session_key) > (${after.account}::felt, ${after.sessionKey}::felt)`}
  order by s.account, s.session_key
  limit ${limit}`.execute(trx);

const readable = (row: EntryRow): IndexedEntry | undefined => {
  try {
    return toEntry(row);
  } catch (error) {
    if (error instanceof FeltError) return undefined;
    throw error;
  }
};

const toEntry = (row: EntryRow): IndexedEntry => ({
  account: parseAddress(row.account),
  classHash: row.class_hash === null ? undefined : BigInt(row.class_hash),
  sessionKey: parseSessionKey(row.session_key),
  words: row.words.map(BigInt),
  policies: (row.policies ?? []).map(({ token, words }) => ({
    token: parseAddress(token),
    words: words.map(BigInt),
  })),
});
