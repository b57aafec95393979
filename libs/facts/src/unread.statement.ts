import { type RawBuilder, sql } from 'kysely';

/** What could be read, and is not what storage says: the state stands, so nothing is unknown for it. */
const READ_ALL_THE_SAME = 'EVENT_STATE_MISMATCH';

/** Blocks of the canonical chain up to which a question looks; nothing: up to the cursor. */
type UpTo = RawBuilder<unknown> | undefined;

const canonicalLetters = (networkId: number, account: RawBuilder<unknown>, upTo: UpTo) => sql`
  from dead_letters dl
  join blocks dlb on dlb.network_id = dl.network_id and dlb.block_hash = dl.block_hash and dlb.canonical
  where dl.network_id = ${networkId} and dl.account = ${account} and dl.code <> ${sql.lit(READ_ALL_THE_SAME)}
    ${upTo === undefined ? sql`` : sql`and dl.block_number <= ${upTo}`}`;

/** The block behind the last one of which something of the account could not be read; null where all could. */
export const behindLastUnread = (networkId: number, account: RawBuilder<unknown>, upTo: UpTo) =>
  sql<number | null>`(select max(dl.block_number) + 1 ${canonicalLetters(networkId, account, upTo)})`;

/**
 * Whether something that could not be read was about a session key: an event that names it, or words of it in storage.
 * What is folded of the key from there on may be wrong. Letters from before the account was read do not count: its words
 * were taken from storage then.
 */
export const isUnread = (
  networkId: number,
  account: RawBuilder<unknown>,
  sessionKey: RawBuilder<unknown>,
  upTo: UpTo,
) => sql<boolean>`exists (
  select ${canonicalLetters(networkId, account, upTo)}
    and (dl.raw->'keys' ? ${sessionKey} or dl.raw->'data' ? ${sessionKey} or dl.raw->>'session_key' = ${sessionKey}
      or dl.raw = '{}'::jsonb)
    and not exists (
      select from accounts dla
      where dla.network_id = dl.network_id and dla.address = dl.account and dla.followed_from_block > dl.block_number
        ${upTo === undefined ? sql`` : sql`and dla.followed_from_block <= ${upTo}`}
    )
)`;
