import { type Db, isFollowed } from '#libs/database';
import { isUnread } from '#libs/facts';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { sql } from 'kysely';
import { headWithAccount } from './statement-parts.ts';

export interface RiskStateQuery {
  readonly account: Address;
  readonly sessionKey: SessionKey | undefined;
  /** Rows of each list that are read; one more than is served says that there are more. */
  readonly keyLimit: number;
  readonly tokenLimit: number;
  readonly spenderLimit: number;
}

/** A session key with its policies and whom it approved, every number as text: JSON numbers would lose digits. */
export interface RiskKeyJson {
  readonly sessionKey: string;
  readonly validUntil: string;
  readonly maxCalls: string;
  readonly callsUsed: string;
  readonly listLength: string;
  /** Null: the list was never read. */
  readonly list: readonly string[] | null;
  readonly policies: readonly RiskPolicyJson[];
  readonly approvals: readonly { readonly token: string; readonly spender: string }[];
  /** Calls were used that nobody could read. */
  readonly hasUnreadUses: boolean;
  /** Something about the key itself could not be read: its words may be wrong. */
  readonly isUnread: boolean;
}

export interface RiskPolicyJson {
  readonly token: string;
  readonly maxPerCall: string;
  readonly maxPerWindow: string;
  readonly windowSeconds: string;
  readonly spentInWindow: string;
  readonly windowStart: string;
}

const gateOf = (networkId: number, { account }: RiskStateQuery) =>
  isFollowed(networkId, sql`${feltToHex(account)}`);

const policiesOfKey = sql<RiskPolicyJson[]>`(
  select coalesce(jsonb_agg(jsonb_build_object('token', pv.token, 'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text, 'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text, 'windowStart', pv.window_start_seconds::text) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = sv.network_id and pv.account = sv.account and pv.session_key = sv.session_key
    and pv.valid_to_block is null
)`;

const approvalsOfKey = (limit: number) => sql<RiskKeyJson['approvals']>`(
  select coalesce(jsonb_agg(jsonb_build_object('token', ap.token, 'spender', ap.spender) order by ap.token, ap.spender),
    '[]'::jsonb)
  from (
    select distinct a.token, a.spender from approvals a
    where a.network_id = sv.network_id and a.account = sv.account and a.session_key = sv.session_key
    order by a.token, a.spender limit ${limit}
  ) ap
)`;

const hasUnreadUses = sql<boolean>`exists (
  select from uses u
  where u.network_id = sv.network_id and u.account = sv.account and u.session_key = sv.session_key
    and (u.outcome = 'UNATTRIBUTED' or (u.calls_burned > 0 and u.calls is null))
)`;

/** Keys that are registered, and those that are not and approved somebody while they were. */
const keysOf = (networkId: number, query: RiskStateQuery) => {
  const { account, sessionKey, keyLimit, spenderLimit } = query;
  return sql<RiskKeyJson[]>`(
    select coalesce(jsonb_agg(to_jsonb(k) order by k."sessionKey"), '[]'::jsonb) from (
      select sv.session_key as "sessionKey", sv.valid_until_seconds::text as "validUntil",
        sv.max_calls::text as "maxCalls", sv.calls_used::text as "callsUsed",
        sv.allowed_entrypoints_len::text as "listLength",
        case when sv.entrypoints_known then to_jsonb(sv.allowed_entrypoints) end as "list",
        ${policiesOfKey} as "policies", ${approvalsOfKey(spenderLimit)} as "approvals",
        ${hasUnreadUses} as "hasUnreadUses",
        ${isUnread(networkId, sql`sv.account`, sql`sv.session_key`, undefined)} as "isUnread"
      from session_versions sv
      where sv.network_id = ${networkId}::integer and sv.account = ${feltToHex(account)} and sv.valid_to_block is null
        and ${gateOf(networkId, query)}
        and ${
          sessionKey === undefined
            ? sql`(sv.valid_until_seconds <> 0 or exists (
                select from approvals a where a.network_id = sv.network_id and a.account = sv.account
                  and a.session_key = sv.session_key))`
            : sql`sv.session_key = ${feltToHex(sessionKey)}`
        }
      order by sv.session_key limit ${keyLimit}
    ) k
  )`;
};

/** Tokens that the account moved, the latest first. */
const tokensMoved = (networkId: number, query: RiskStateQuery) =>
  sql<string[]>`array(
    select m.token::text from movements m
    where m.network_id = ${networkId}::integer and m.account = ${feltToHex(query.account)}
      and ${gateOf(networkId, query)}
    group by m.token order by max(m.block_number) desc, m.token limit ${query.tokenLimit}
  )`;

/** Everything that the index knows of what keys may still take, at the head, in one statement. */
export const riskStateStatement = (db: Db, networkId: number, query: RiskStateQuery) =>
  db
    .with('head', () => headWithAccount(db, networkId, query.account))
    .selectFrom('head')
    .leftJoin('account_versions as av', (join) =>
      join
        .on('av.network_id', '=', networkId)
        .on('av.account', '=', feltToHex(query.account))
        .on('av.valid_to_block', 'is', null)
        .on(gateOf(networkId, query)),
    )
    .leftJoin('coverage as cov', (join) =>
      join
        .on('cov.network_id', '=', networkId)
        .on('cov.account', '=', feltToHex(query.account))
        .on('cov.kind', '=', 'STATE')
        .on('cov.to_block', 'is', null)
        .on(gateOf(networkId, query)),
    )
    .selectAll('head')
    .select(['av.class_hash', 'cov.from_block as state_from'])
    .select([keysOf(networkId, query).as('session_keys'), tokensMoved(networkId, query).as('tokens_moved')]);
