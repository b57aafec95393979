import { isFollowed } from '#libs/database';
import { isUnread } from '#libs/facts';
import { type RawBuilder, sql } from 'kysely';
import type { Position } from './position.ts';

export interface FeedLimits {
  /** Blocks of one reading. */
  readonly blocks: number;
  /** Keys and accounts that changed, of one reading; at least 2, for the one where the last reading ended is read again. */
  readonly rows: number;
}

/** A session key (or '': the account itself) that a block changed. Numbers that pass 2^53 as text. */
export interface TouchedRow {
  readonly block_number: number;
  readonly block_hash: string;
  readonly timestamp_seconds: string;
  readonly finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
  readonly account: string;
  readonly session_key: string;
  readonly session: boolean;
  readonly class_changed: boolean;
  readonly owner_changed: boolean;
  /** Of policies that changed. */
  readonly tokens: readonly string[] | null;
}

export interface SessionJson {
  readonly validUntil: string;
  readonly maxCalls: string;
  readonly callsUsed: string;
  readonly list: readonly string[] | null;
  readonly listLength: string;
  readonly lifecycle: 'REGISTERED' | 'REVOKED';
  readonly lifecycleBlock: string;
  readonly lifecycleTx: string | null;
  readonly revokedBefore: string | null;
}

export interface PolicyJson {
  readonly token: string;
  readonly maxPerCall: string;
  readonly maxPerWindow: string;
  readonly windowSeconds: string;
  readonly spentInWindow: string;
  readonly windowStartSeconds: string;
  readonly lifecycle: 'SET' | 'REMOVED';
  readonly lifecycleBlock: string;
}

/** With what stood before and after the block. */
export interface MadeRow extends TouchedRow {
  readonly class_hash: string | null;
  /** Of those of its tokens that the index met; null where it met none. */
  readonly decimals: Readonly<Record<string, number | null>> | null;
  /** Something about the key could not be read: its states are not known. */
  readonly unread: boolean;
  readonly before: SessionJson | null;
  readonly after: SessionJson | null;
  readonly policies_before: readonly PolicyJson[];
  readonly policies_after: readonly PolicyJson[];
}

export interface FeedRow {
  /** Whether the block of the position is in the index. */
  readonly known: boolean;
  /** The newest block of the position's branch that is canonical; null where the index does not reach it. */
  readonly place_hash: string | null;
  readonly head_number: number | null;
  readonly head_hash: string | null;
  /** The last canonical block that was read. */
  readonly span_number: number | null;
  readonly span_hash: string | null;
  /** The newest block that is final with all below; null where none is. */
  readonly final_number: number | null;
  readonly final_hash: string | null;
  readonly final_seconds: string | null;
  /** Of blocks that a reorganisation left, the newest first. */
  readonly undone: readonly TouchedRow[];
  /** The oldest first. */
  readonly made: readonly MadeRow[];
}

/** The newest committed block, and up to which all are final. Of no organisation. */
export const cursorStatement = (networkId: number) =>
  sql<{ block_number: number; block_hash: string; final_number: number | null }>`
select head.block_number, head.block_hash, final.block_number as final_number
from cursors head left join lateral ${finalBlock(networkId)} final on true
where head.network_id = ${networkId}`;

/** Whether a block was ever seen, on whichever branch. Of no organisation. */
export const blockStatement = (networkId: number, { blockNumber, blockHash }: Position) =>
  sql<{ block_number: number }>`
select block_number from blocks
where network_id = ${networkId} and block_hash = ${blockHash} and block_number = ${blockNumber}`;

/**
 * What happened since a position, for whoever's accounts the scope lets through: from its block back along the parents to the first
 * canonical one, and from there ahead. One statement, so that both are of one state of the index.
 */
export const feedStatement = (networkId: number, from: Position, limits: FeedLimits): RawBuilder<FeedRow> =>
  sql<FeedRow>`
with recursive back as (
  select b.block_number, b.block_hash, b.parent_hash, b.timestamp_seconds, b.finality, b.canonical
  from blocks b
  where b.network_id = ${networkId} and b.block_hash = ${from.blockHash} and b.block_number = ${from.blockNumber}
  union all
  select p.block_number, p.block_hash, p.parent_hash, p.timestamp_seconds, p.finality, p.canonical
  from back join blocks p on p.network_id = ${networkId} and p.block_hash = back.parent_hash
  where not back.canonical
), place as (
  select block_number, block_hash from back where canonical
), head as (
  select c.block_number, c.block_hash from cursors c where c.network_id = ${networkId}
), span as (
  select coalesce(ahead.block_number, place.block_number) as block_number, coalesce(ahead.block_hash, place.block_hash) as block_hash
  from place left join lateral ${nextBlock(networkId, limits)} ahead on true
), undone as materialized (
  select ${TOUCHED}
  from back b join facts f on f.network_id = ${networkId} and f.block_number = b.block_number and f.block_hash = b.block_hash
  where not b.canonical and ${isTold(networkId)}
    and (b.block_hash <> ${from.blockHash} or (f.account, ${KEY}) <= (${from.upTo[0]}::text, ${from.upTo[1]}::text))
  group by ${GROUP}
  order by b.block_number desc, f.account desc, session_key desc limit ${limits.rows}
), made as materialized (
  select ${TOUCHED}
  from place cross join span
  join blocks b on b.network_id = ${networkId} and b.canonical
    and b.block_number between place.block_number and span.block_number
  join facts f on f.network_id = ${networkId} and f.block_number = b.block_number and f.block_hash = b.block_hash
  where ${isTold(networkId)} and (b.block_number > place.block_number
    or (b.block_hash = ${from.blockHash} and (f.account, ${KEY}) >= (${from.upTo[0]}::text, ${from.upTo[1]}::text)))
  group by ${GROUP}
  order by b.block_number, f.account, session_key limit ${limits.rows}
)
select exists (select from back) as known, ${found(networkId)}
from (select 1) one left join place on true left join head on true left join span on true
  left join lateral ${finalBlock(networkId)} final on true`;

/** Where it leads, and what happened on the way. */
const found = (networkId: number) => sql`place.block_hash as place_hash,
  head.block_number as head_number, head.block_hash as head_hash,
  span.block_number as span_number, span.block_hash as span_hash, final.block_number as final_number,
  final.block_hash as final_hash, final.timestamp_seconds::text as final_seconds,
  (select coalesce(jsonb_agg(to_jsonb(u) order by u.block_number desc, u.account desc, u.session_key desc), '[]'::jsonb)
    from undone u) as undone,
  (select coalesce(jsonb_agg(to_jsonb(d) order by d.block_number, d.account, d.session_key), '[]'::jsonb)
    from (select m.*, ${details(networkId)} from made m) d) as made`;

const KEY = sql`(coalesce(f.session_key::text, '') collate "C")`;

const TOUCHED = sql`b.block_number, b.block_hash, b.timestamp_seconds::text as timestamp_seconds, b.finality, f.account,
    ${KEY} as session_key, bool_or(f.kind = 'SessionStateChanged') as session,
    bool_or(f.kind = 'AccountClassChanged') as class_changed, bool_or(f.kind = 'OwnerRemoved') as owner_changed,
    array_agg(distinct f.token::text) filter (where f.kind = 'SpendingPolicyStateChanged') as tokens`;

const GROUP = sql`b.block_number, b.block_hash, b.timestamp_seconds, b.finality, f.account, ${KEY}`;

/** Facts that each name a change of state, of accounts that are followed. What was read of an account at its adoption is no change. */
const isTold = (networkId: number) => sql`f.kind in
    ('SessionStateChanged', 'SpendingPolicyStateChanged', 'AccountClassChanged', 'OwnerRemoved')
    and ${isFollowed(networkId, sql.ref('f.account'))}`;

/** The last block of the next few; where blocks are missing below the first that was read one by one, the next there is. */
const nextBlock = (networkId: number, { blocks }: FeedLimits) => sql`(
    select choice.block_number, choice.block_hash from (
      (select x.block_number, x.block_hash, 1 as rank from blocks x
      where x.network_id = ${networkId} and x.canonical
        and x.block_number > place.block_number and x.block_number <= place.block_number + ${blocks}::bigint
      order by x.block_number desc limit 1)
      union all
      (select x.block_number, x.block_hash, 2 as rank from blocks x
      where x.network_id = ${networkId} and x.canonical and x.block_number > place.block_number + ${blocks}::bigint
      order by x.block_number limit 1)
    ) choice order by choice.rank limit 1
  )`;

/**
 * The newest block, not above the head, that is final with all below. Looked for from the oldest that is not: the way down from the head
 * is long where finality comes hours later. Below that one all are, and whether they are is asked of the newest alone: asked of each, the
 * server reads all blocks where it knows of hardly any.
 */
const finalBlock = (networkId: number) => sql`(
    select below.* from (
      select f.block_number, f.block_hash, f.timestamp_seconds, f.finality from blocks f
      where f.network_id = ${networkId} and f.canonical
        and f.block_number <= head.block_number and f.block_number < coalesce((
          select n.block_number from blocks n
          where n.network_id = ${networkId} and n.canonical and n.finality = 'ACCEPTED_ON_L2'
          order by n.block_number limit 1
        ), head.block_number + 1)
      order by f.block_number desc limit 1
    ) below where below.finality = 'ACCEPTED_ON_L1'
  )`;

/** Whether a version is the one in force at a block. */
const heldAtBlock = (version: string, block: RawBuilder<unknown>): RawBuilder<boolean> => {
  const [from, to] = [sql.ref(`${version}.valid_from_block`), sql.ref(`${version}.valid_to_block`)];
  return sql<boolean>`(${from} <= ${block} and (${to} is null or ${to} > ${block}))`;
};

const BEFORE = sql`m.block_number - 1`;
const AFTER = sql`m.block_number`;

const details = (networkId: number) => sql`
      (select av.class_hash from account_versions av
        where av.network_id = ${networkId} and av.account = m.account and ${heldAtBlock('av', AFTER)}) as class_hash,
      (select jsonb_object_agg(t.address, t.decimals) from tokens t
        where t.network_id = ${networkId} and t.address = any(m.tokens)) as decimals,
      ${isUnread(networkId, sql`m.account`, sql`m.session_key`, AFTER)} as unread,
      ${sessionAt(networkId, BEFORE)} as before, ${sessionAt(networkId, AFTER)} as after,
      ${policiesAt(networkId, BEFORE)} as policies_before, ${policiesAt(networkId, AFTER)} as policies_after`;

const sessionAt = (networkId: number, block: RawBuilder<unknown>) => sql`(
        select jsonb_build_object(
          'validUntil', sv.valid_until_seconds::text, 'maxCalls', sv.max_calls::text, 'callsUsed', sv.calls_used::text,
          'list', case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end,
          'listLength', sv.allowed_entrypoints_len::text, 'lifecycle', sv.lifecycle,
          'lifecycleBlock', sv.lifecycle_block::text, 'lifecycleTx', sv.lifecycle_tx,
          'revokedBefore', (
            select max(old.lifecycle_block)::text from session_versions old
            where old.network_id = sv.network_id and old.account = sv.account and old.session_key = sv.session_key
              and old.lifecycle = 'REVOKED' and old.lifecycle_block < sv.lifecycle_block
          )
        )
        from session_versions sv
        where sv.network_id = ${networkId} and sv.account = m.account and sv.session_key = m.session_key
          and ${heldAtBlock('sv', block)}
      )`;

const policiesAt = (networkId: number, block: RawBuilder<unknown>) => sql`(
        select coalesce(jsonb_agg(jsonb_build_object(
          'token', pv.token, 'maxPerCall', pv.max_per_call::text, 'maxPerWindow', pv.max_per_window::text,
          'windowSeconds', pv.window_seconds::text, 'spentInWindow', pv.spent_in_window::text,
          'windowStartSeconds', pv.window_start_seconds::text,
          'lifecycle', pv.lifecycle, 'lifecycleBlock', pv.lifecycle_block::text
        ) order by pv.token), '[]'::jsonb)
        from policy_versions pv
        where pv.network_id = ${networkId} and pv.account = m.account and pv.session_key = m.session_key
          and ${heldAtBlock('pv', block)}
      )`;
