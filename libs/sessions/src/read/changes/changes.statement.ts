import type { Point } from '#libs/api';
import type { Db } from '#libs/database';
import { behindLastUnread, isUnread } from '#libs/facts';
import { type Address, feltToHex } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';
import { heldAtBlock, pointOf, type PointRow } from '../index-store/point.statement.ts';
import { accountStatusOf, policiesOf, type PolicyJson, throughGate } from '../index-store/statement-parts.ts';

export interface ChangesQuery {
  readonly account: Address;
  readonly from: Point;
  /** Undefined: the newest block. */
  readonly to: Point | undefined;
  /** Of keys, and of policies. */
  readonly limit: number;
}

export interface SessionStateJson {
  readonly validUntil: string;
  readonly maxCalls: string;
  readonly callsUsed: string;
  readonly list: readonly string[] | null;
  readonly listLength: string;
  readonly lifecycle: 'REGISTERED' | 'REVOKED';
  readonly lifecycleBlock: string;
  readonly lifecycleTx: string | null;
  readonly policies: readonly PolicyJson[];
}

export interface PolicyStateJson extends PolicyJson {
  readonly lifecycle: 'SET' | 'REMOVED';
  readonly lifecycleBlock: string;
}

interface OwnerJson {
  readonly kind: 'OwnerAdded' | 'OwnerRemoved';
  readonly guid: string;
  readonly block: string;
  readonly tx: string | null;
}

export interface ChangesRow {
  readonly from_place: PlaceJson;
  readonly to_place: PlaceJson;
  readonly account_status: 'PENDING' | 'FOLLOWED' | 'REJECTED' | null;
  readonly state_from: number | null;
  readonly events_from: number | null;
  readonly class_before: string | null;
  readonly class_after: string | null;
  readonly class_known: boolean;
  readonly sessions: readonly {
    readonly session_key: string;
    readonly before: SessionStateJson | null;
    readonly after: SessionStateJson | null;
    readonly used: string | null;
  }[];
  readonly policies: readonly {
    readonly session_key: string;
    readonly token: string;
    readonly before: PolicyStateJson | null;
    readonly after: PolicyStateJson | null;
    readonly spent: string | null;
  }[];
  readonly owners: readonly OwnerJson[];
}

/** A point as JSON: its time as text, since JSON numbers would lose digits. */
export type PlaceJson = Omit<PointRow, 'timestamp_seconds'> & { readonly timestamp_seconds: string | null };

/** What differs between two blocks, in one statement, so that both are of one branch. */
export const changesStatement = (db: Db, networkId: number, query: ChangesQuery): RawBuilder<ChangesRow> => {
  const { account, from, to } = query;
  return sql<ChangesRow>`
with f as ${pointOf(db, networkId, from)}, t as ${pointOf(db, networkId, to)}
select
  to_jsonb(f) || jsonb_build_object('timestamp_seconds', f.timestamp_seconds::text) as from_place,
  to_jsonb(t) || jsonb_build_object('timestamp_seconds', t.timestamp_seconds::text) as to_place,
  ${accountStatusOf(networkId, account)} as account_status,
  ${coveredBoth('STATE', networkId, account)} as state_from,
  ${coveredBoth('EVENTS', networkId, account)} as events_from,
  class_before.class_hash as class_before, class_after.class_hash as class_after,
  class_before.account is not null and class_after.account is not null as class_known,
  (${gathered(sessionChanges(networkId, query), sql`c.session_key`)}) as sessions,
  (${gathered(policyChanges(networkId, query), sql`c.session_key, c.token`)}) as policies,
  (${ownerChanges(networkId, account)}) as owners
from f cross join t
left join account_versions class_before on class_before.network_id = f.network_id
  and class_before.account = ${feltToHex(account)} and ${heldAtBlock('class_before', sql`f.block_number`)}
  and ${throughGate(networkId, account)}
left join account_versions class_after on class_after.network_id = t.network_id
  and class_after.account = ${feltToHex(account)} and ${heldAtBlock('class_after', sql`t.block_number`)}
  and ${throughGate(networkId, account)}`;
};

const gathered = (changes: RawBuilder<unknown>, order: RawBuilder<unknown>) =>
  sql`select coalesce(jsonb_agg(to_jsonb(c) order by ${order}), '[]'::jsonb) from (${changes}) c`;

/** First block of the one range that holds both points: nothing was left out between them. */
const coveredBoth = (kind: 'EVENTS' | 'STATE', networkId: number, account: Address) => sql`(
    select ${kind === 'EVENTS' ? sql`greatest(cov.from_block, ${behindLastUnread(networkId, sql`cov.account`, sql`t.block_number`)})` : sql`cov.from_block`}
    from coverage cov
    where cov.network_id = ${networkId} and cov.account = ${feltToHex(account)} and cov.kind = ${sql.lit(kind)}
      and cov.from_block <= f.block_number and (cov.to_block is null or cov.to_block >= t.block_number)
      and ${throughGate(networkId, account)}
  )`;

const sessionChanges = (networkId: number, { account, limit }: ChangesQuery) => sql`
    select coalesce(b.session_key, a.session_key) as session_key, b.state as before, a.state as after,
      ${callsUsed(networkId, account)} as used
    from (${sessionsAt(networkId, account, sql`f.block_number`)}) b
    full join (${sessionsAt(networkId, account, sql`t.block_number`)}) a on a.session_key = b.session_key
    where a.valid_from_block is distinct from b.valid_from_block
    order by 1 limit ${limit}`;

const sessionsAt = (networkId: number, account: Address, block: RawBuilder<unknown>) => sql`
      select sv.session_key, sv.valid_from_block, jsonb_build_object(
        'validUntil', sv.valid_until_seconds::text, 'maxCalls', sv.max_calls::text, 'callsUsed', sv.calls_used::text,
        'list', case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end,
        'listLength', sv.allowed_entrypoints_len::text, 'lifecycle', sv.lifecycle,
        'lifecycleBlock', sv.lifecycle_block::text, 'lifecycleTx', sv.lifecycle_tx,
        'policies', ${policiesOf(networkId, 'sv.account', 'sv.session_key', heldAtBlock('pv', block))}
      ) as state
      from session_versions sv
      where sv.network_id = ${networkId} and sv.account = ${feltToHex(account)} and ${heldAtBlock('sv', block)}
        and ${throughGate(networkId, account)}
        and not ${isUnread(networkId, sql`sv.account`, sql`sv.session_key`, sql`t.block_number`)}`;

/**
 * The sum of what each version added. Where the owner registered or revoked a live key, what it used earlier in that
 * block is gone with the counter: then nobody can tell, and it is null.
 */
const callsUsed = (networkId: number, account: Address) => sql`(
      select case when bool_or(step.lost) then null else coalesce(sum(step.used), 0)::text end
      from (
        select v.valid_from_block,
          v.lifecycle_block = v.valid_from_block and coalesce(lag(v.valid_until_seconds) over w, 0) <> 0 as lost,
          v.calls_used - case when v.lifecycle_block = v.valid_from_block then 0
            else coalesce(lag(v.calls_used) over w, 0) end as used
        from session_versions v
        where v.network_id = ${networkId} and v.account = ${feltToHex(account)}
          and v.session_key = coalesce(b.session_key, a.session_key) and ${touchesSpan('v')}
        window w as (order by v.valid_from_block)
      ) step
      where step.valid_from_block > f.block_number
    )`;

const touchesSpan = (version: string) => {
  const [from, to] = [sql.ref(`${version}.valid_from_block`), sql.ref(`${version}.valid_to_block`)];
  return sql`${from} <= t.block_number and (${to} is null or ${to} > f.block_number)`;
};

const policyChanges = (networkId: number, { account, limit }: ChangesQuery) => sql`
    select coalesce(b.session_key, a.session_key) as session_key, coalesce(b.token, a.token) as token,
      b.state as before, a.state as after, ${amountSpent(networkId, account)} as spent
    from (${policiesAt(networkId, account, sql`f.block_number`)}) b
    full join (${policiesAt(networkId, account, sql`t.block_number`)}) a
      on a.session_key = b.session_key and a.token = b.token
    where a.valid_from_block is distinct from b.valid_from_block
    order by 1, 2 limit ${limit}`;

const policiesAt = (networkId: number, account: Address, block: RawBuilder<unknown>) => sql`
      select pv.session_key, pv.token, pv.valid_from_block, jsonb_build_object(
        'token', pv.token, 'maxPerCall', pv.max_per_call::text, 'maxPerWindow', pv.max_per_window::text,
        'windowSeconds', pv.window_seconds::text, 'spentInWindow', pv.spent_in_window::text,
        'windowStartSeconds', pv.window_start_seconds::text,
        'lifecycle', pv.lifecycle, 'lifecycleBlock', pv.lifecycle_block::text
      ) as state
      from policy_versions pv
      where pv.network_id = ${networkId} and pv.account = ${feltToHex(account)} and ${heldAtBlock('pv', block)}
        and ${throughGate(networkId, account)}
        and not ${isUnread(networkId, sql`pv.account`, sql`pv.session_key`, sql`t.block_number`)}`;

/**
 * The sum of what each version added: in the same window the difference, in a new one all of it. Where the owner set or
 * removed a policy in a block in which the key may have spent, what it spent before that is gone: then it is null. So it
 * is with windows of no length, of which one block may hold several.
 */
const amountSpent = (networkId: number, account: Address) => sql`(
      select case when bool_or(step.lost) then null else coalesce(sum(step.spent), 0)::text end
      from (
        select v.valid_from_block, (v.window_seconds = 0 and v.spent_in_window <> 0) or (
            v.lifecycle_block = v.valid_from_block and coalesce(lag(v.max_per_window) over w, 0) <> 0 and exists (
              select from session_versions u where u.network_id = v.network_id and u.account = v.account
                and u.session_key = v.session_key and u.valid_from_block = v.valid_from_block
            )
          ) as lost,
          v.spent_in_window - case when v.lifecycle_block <> v.valid_from_block
            and v.window_start_seconds = lag(v.window_start_seconds) over w
            then lag(v.spent_in_window) over w else 0 end as spent
        from policy_versions v
        where v.network_id = ${networkId} and v.account = ${feltToHex(account)}
          and v.session_key = coalesce(b.session_key, a.session_key) and v.token = coalesce(b.token, a.token)
          and ${touchesSpan('v')}
        window w as (order by v.valid_from_block)
      ) step
      where step.valid_from_block > f.block_number
    )`;

const ownerChanges = (networkId: number, account: Address) => sql`
    select coalesce(jsonb_agg(jsonb_build_object(
      'kind', o.kind, 'guid', o.payload->>'ownerGuid', 'block', o.block_number::text, 'tx', o.transaction_hash
    ) order by o.block_number, o.transaction_index, o.event_index), '[]'::jsonb)
    from facts o
    join blocks ob on ob.network_id = o.network_id and ob.block_hash = o.block_hash and ob.canonical
    where o.network_id = ${networkId} and o.account = ${feltToHex(account)}
      and o.kind in ('OwnerAdded', 'OwnerRemoved')
      and o.block_number > f.block_number and o.block_number <= t.block_number
      and ${throughGate(networkId, account)}`;
