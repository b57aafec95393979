import type { Db } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';
import { heldAtBlock, pointOf, type PointRow } from '../index-store/point.statement.ts';
import { coveredFrom, accountStatusOf, throughGate } from '../index-store/statement-parts.ts';
import type { Moment } from '../moment.ts';

export interface TimelineQuery {
  /** The block up to which the history is told. */
  readonly at: Moment;
  readonly account: Address;
  readonly sessionKey: SessionKey;
  readonly subject: 'SESSION' | 'POLICY';
  readonly token: Address | undefined;
  /** The place of the last entry of the page before: block, transaction, event. */
  readonly after: readonly [block: string, transaction: string, event: string] | undefined;
  readonly limit: number;
}

/** One entry with what stood before it and came after it; all of it null where the page is empty. */
export interface TimelineRow extends PointRow {
  readonly account_status: 'PENDING' | 'FOLLOWED' | 'REJECTED' | null;
  readonly state_from: number | null;
  readonly events_from: number | null;
  readonly at_block: number | null;
  readonly at_hash: string;
  readonly at_seconds: bigint;
  readonly at_finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
  readonly transaction_index: number;
  readonly event_index: number;
  readonly transaction_hash: string | null;
  readonly kind: string;
  readonly token: string | null;
  readonly payload: EventPayload;
  readonly prev_kind: string | null;
  readonly prev_payload: EventPayload | null;
  readonly prev_block: number | null;
  readonly class_before: string | null;
  readonly class_after: string | null;
  /** The policy as stored at the end of the block before: nothing where that is not known, or nothing was stored. */
  readonly spent_before: bigint | null;
  readonly window_start_before: bigint | null;
  readonly max_per_window_before: bigint | null;
  readonly window_seconds_before: bigint | null;
  /** Whether the state of the key at the end of the block before is known. */
  readonly known_before: boolean;
  /** Whether the words of the key changed in the block of the entry. */
  readonly touched: boolean;
  readonly granted_list: readonly string[] | null;
  readonly used_at_entry: number | null;
  readonly lifecycle_at_entry: number | null;
  readonly used_at_end: number | null;
  readonly lifecycle_at_end: number | null;
  readonly inherited: readonly string[];
}

interface EventPayload {
  readonly validUntilSeconds?: string;
  readonly maxCalls?: string;
  readonly allowedEntrypoints?: readonly string[];
  readonly maxPerCall?: string;
  readonly maxPerWindow?: string;
  readonly windowSeconds?: string;
}

const KINDS = {
  SESSION: ['SessionKeyAdded', 'SessionKeyRevoked'],
  POLICY: ['SpendingPolicySet', 'SpendingPolicyRemoved'],
} as const;

/** The newest entries of a history first, each with what stood before it and what was done since, in one statement. */
export const timelineStatement = (db: Db, networkId: number, query: TimelineQuery): RawBuilder<TimelineRow> =>
  sql<TimelineRow>`
with point as ${pointOf(db, networkId, query.at)}
select point.*, page.*,
  ${accountStatusOf(networkId, query.account)} as account_status,
  ${coveredFrom('STATE', networkId, query.account, query.at)} as state_from,
  ${coveredFrom('EVENTS', networkId, query.account, query.at)} as events_from
from point
left join lateral (${entries(networkId, query)}) page on true
order by page.at_block desc, page.transaction_index desc, page.event_index desc`;

const entries = (networkId: number, query: TimelineQuery) => sql`
  select f.block_number as at_block, f.block_hash as at_hash, fb.timestamp_seconds as at_seconds,
    fb.finality as at_finality, f.transaction_index, f.event_index, f.transaction_hash, f.kind, f.token, f.payload,
    prev.kind as prev_kind, prev.payload as prev_payload, prev.block_number as prev_block,
    class_before.class_hash as class_before, class_after.class_hash as class_after,
    pv.spent_in_window as spent_before, pv.window_start_seconds as window_start_before,
    pv.max_per_window as max_per_window_before, pv.window_seconds as window_seconds_before,
    exists (
      select from coverage cov where cov.network_id = f.network_id and cov.account = f.account and cov.kind = 'STATE'
        and cov.from_block < f.block_number and (cov.to_block is null or cov.to_block >= f.block_number)
    ) as known_before,
    at_entry.valid_from_block is not distinct from f.block_number as touched,
    case when at_entry.entrypoints_known and at_entry.lifecycle_tx = f.transaction_hash
      then at_entry.allowed_entrypoints end as granted_list,
    at_entry.calls_used as used_at_entry, at_entry.lifecycle_block as lifecycle_at_entry,
    at_end.calls_used as used_at_end, at_end.lifecycle_block as lifecycle_at_end,
    ${query.subject === 'SESSION' ? inherited(networkId) : sql`'{}'::text[]`} as inherited
  from facts f
  join blocks fb on fb.network_id = f.network_id and fb.block_hash = f.block_hash and fb.canonical
  left join lateral (${neighbour(networkId, query, 'before')}) prev on true
  left join lateral (${neighbour(networkId, query, 'behind')}) next on true
  left join account_versions class_before on ${ofAccount('class_before')} and ${heldAtBlock('class_before', sql`f.block_number - 1`)}
  left join account_versions class_after on ${ofAccount('class_after')} and ${heldAtBlock('class_after', sql`f.block_number`)}
  left join policy_versions pv on ${ofAccount('pv')} and pv.session_key = f.session_key and pv.token = f.token
    and ${heldAtBlock('pv', sql`f.block_number - 1`)}
  left join session_versions at_entry on ${ofAccount('at_entry')} and at_entry.session_key = f.session_key
    and ${heldAtBlock('at_entry', sql`f.block_number`)}
  left join session_versions at_end on ${ofAccount('at_end')} and at_end.session_key = f.session_key
    and ${heldAtBlock('at_end', sql`coalesce(next.block_number - 1, point.block_number)`)}
    and coalesce(next.block_number - 1, point.block_number) >= f.block_number
  where ${isEntry('f', networkId, query)} and f.block_number <= point.block_number
    and ${throughGate(networkId, query.account)}
    ${query.token === undefined ? sql`` : sql`and f.token = ${feltToHex(query.token)}`}
    ${query.after === undefined ? sql`` : sql`and ${place('f')} < ${placeOf(query.after)}`}
  order by f.block_number desc, f.transaction_index desc, f.event_index desc
  limit ${query.limit}`;

const ofAccount = (version: string) =>
  sql`${sql.ref(`${version}.network_id`)} = f.network_id and ${sql.ref(`${version}.account`)} = f.account`;

const isEntry = (fact: string, networkId: number, { account, sessionKey, subject }: TimelineQuery) =>
  sql`${sql.ref(`${fact}.network_id`)} = ${networkId} and ${sql.ref(`${fact}.account`)} = ${feltToHex(account)}
    and ${sql.ref(`${fact}.session_key`)} = ${feltToHex(sessionKey)}
    and ${sql.ref(`${fact}.kind`)} = any(${[...KINDS[subject]]}::text[])`;

const place = (fact: string) =>
  sql`(${sql.ref(`${fact}.block_number`)}, ${sql.ref(`${fact}.transaction_index`)}, ${sql.ref(`${fact}.event_index`)})`;

const placeOf = ([block, transaction, event]: NonNullable<TimelineQuery['after']>) =>
  sql`(${block}::bigint, ${transaction}::integer, ${event}::integer)`;

/** The entry before or behind one, of the same key and token, up to the point. */
const neighbour = (networkId: number, query: TimelineQuery, side: 'before' | 'behind') => {
  const [comparison, direction] = side === 'before' ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  return sql`
    select n.kind, n.payload, n.block_number from facts n
    join blocks nb on nb.network_id = n.network_id and nb.block_hash = n.block_hash and nb.canonical
    where ${isEntry('n', networkId, query)} and n.token is not distinct from f.token
      and n.block_number <= point.block_number and ${place('n')} ${comparison} ${place('f')}
    order by n.block_number ${direction}, n.transaction_index ${direction}, n.event_index ${direction} limit 1`;
};

/** Tokens whose policy was set before the key was last revoked and is still there when the key comes back. */
const inherited = (networkId: number) => sql`array(
      select last.token::text from (
        select distinct on (p.token) p.token, p.kind, p.payload, ${place('p')} as place from facts p
        join blocks pb on pb.network_id = p.network_id and pb.block_hash = p.block_hash and pb.canonical
        where p.network_id = ${networkId} and p.account = f.account and p.session_key = f.session_key
          and p.kind in ('SpendingPolicySet', 'SpendingPolicyRemoved') and ${place('p')} < ${place('f')}
        order by p.token, p.block_number desc, p.transaction_index desc, p.event_index desc
      ) last
      where f.kind = 'SessionKeyAdded' and last.kind = 'SpendingPolicySet' and last.payload->>'maxPerWindow' <> '0'
        and last.place < (
          select ${place('r')} from facts r
          join blocks rb on rb.network_id = r.network_id and rb.block_hash = r.block_hash and rb.canonical
          where r.network_id = ${networkId} and r.account = f.account and r.session_key = f.session_key
            and r.kind = 'SessionKeyRevoked' and ${place('r')} < ${place('f')}
          order by r.block_number desc, r.transaction_index desc, r.event_index desc limit 1
        )
      order by last.token
    )`;
