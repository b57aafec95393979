import type { Db } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { sql } from 'kysely';
import { headOf } from '../read/index-store/point.statement.ts';
import {
  accountStatusOf,
  isReadable,
  policyInForce,
  SESSION_COLUMNS,
  throughGate,
} from '../read/index-store/statement-parts.ts';

export interface FindingsQuery {
  readonly account: Address;
  readonly sessionKey: SessionKey | undefined;
  /** The session key of the last row of the page before, as printed. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** The head, what happened to the account, and one page of its keys with their policies, in one statement. */
export const findingsStatement = (db: Db, networkId: number, query: FindingsQuery) =>
  db
    .with('head', () => headOf(db, networkId))
    .selectFrom('head')
    .leftJoin('account_versions as av', (join) =>
      join
        .on('av.network_id', '=', networkId)
        .on('av.account', '=', feltToHex(query.account))
        .on(throughGate(networkId, query.account))
        .on('av.valid_to_block', 'is', null),
    )
    .leftJoinLateral(pageOfKeys(db, networkId, query).as('page'), (join) => join.onTrue())
    .selectAll(['head', 'page'])
    .select(['av.class_hash'])
    .select([
      accountStatusOf(networkId, query.account).as('account_status'),
      classChangeOf(networkId, query.account).as('class_changed_in'),
      ownerChangeOf(networkId, query.account).as('owner_changed_in'),
      hasUsableKeys(networkId, query.account).as('has_usable_keys'),
    ])
    .orderBy('page.session_key');

const pageOfKeys = (db: Db, networkId: number, { account, sessionKey, after, limit }: FindingsQuery) =>
  db
    .selectFrom('session_versions as sv')
    .where('sv.network_id', '=', networkId)
    .where('sv.account', '=', feltToHex(account))
    .where(throughGate(networkId, account))
    .where('sv.valid_to_block', 'is', null)
    .where(isReadable(networkId, 'sv', undefined))
    .$if(sessionKey !== undefined, (qb) => qb.where('sv.session_key', '=', feltToHex(sessionKey ?? 0n)))
    .$if(after !== undefined, (qb) => qb.where(sql<boolean>`sv.session_key > ${after ?? ''}::text`))
    .select(SESSION_COLUMNS)
    .select([revokedBefore().as('revoked_before_in'), policiesWithAge().as('policies')])
    .orderBy('sv.session_key')
    .limit(limit);

/** The latest revoke of the key that lies before what happened to it last. */
const revokedBefore = () => sql<number | null>`(
  select max(old.lifecycle_block) from session_versions old
  where old.network_id = sv.network_id and old.account = sv.account and old.session_key = sv.session_key
    and old.lifecycle = 'REVOKED' and old.lifecycle_block < sv.lifecycle_block
)`;

/** The policies of a key with what was done to them last, numbers as text: JSON numbers would lose digits. */
const policiesWithAge = () => sql<AgedPolicyJson[]>`(
  select coalesce(jsonb_agg(jsonb_build_object(
    'token', pv.token,
    'maxPerCall', pv.max_per_call::text,
    'maxPerWindow', pv.max_per_window::text,
    'windowSeconds', pv.window_seconds::text,
    'spentInWindow', pv.spent_in_window::text,
    'windowStartSeconds', pv.window_start_seconds::text,
    'lifecycle', pv.lifecycle,
    'lifecycleBlock', pv.lifecycle_block
  ) order by pv.token), '[]'::jsonb)
  from policy_versions pv
  where pv.network_id = sv.network_id and pv.account = sv.account and pv.session_key = sv.session_key
    and pv.valid_to_block is null and ${policyInForce('pv')}
)`;

export interface AgedPolicyJson {
  readonly token: string;
  readonly maxPerCall: string;
  readonly maxPerWindow: string;
  readonly windowSeconds: string;
  readonly spentInWindow: string;
  readonly windowStartSeconds: string;
  readonly lifecycle: 'SET' | 'REMOVED';
  readonly lifecycleBlock: number;
}

/** Whether the chain would still take a call of some key: to the end of the hour in which it expires. */
const hasUsableKeys = (networkId: number, account: Address) => sql<boolean>`exists (
  select from session_versions live
  where live.network_id = ${networkId} and live.account = ${feltToHex(account)} and live.valid_to_block is null
    and ${throughGate(networkId, account)} and live.valid_until_seconds > 0 and live.calls_used < live.max_calls
    and live.valid_until_seconds >= div(head.timestamp_seconds, 3600) * 3600
)`;

/** A version of the account with a class that had another class before it: an upgrade, not the deployment. */
const classChangeOf = (networkId: number, account: Address) => sql<number | null>`(
  select max(now_.valid_from_block)
  from account_versions now_
  join account_versions before_ on before_.network_id = now_.network_id and before_.account = now_.account
    and before_.valid_to_block = now_.valid_from_block
  where now_.network_id = ${networkId} and now_.account = ${feltToHex(account)}
    and now_.class_hash <> before_.class_hash and ${throughGate(networkId, account)}
)`;

/** An owner is removed only where another one takes over: the deployment adds one and removes none. */
const ownerChangeOf = (networkId: number, account: Address) => sql<number | null>`(
  select max(fact.block_number)
  from facts fact
  join blocks b on b.network_id = fact.network_id and b.block_hash = fact.block_hash and b.canonical
  where fact.network_id = ${networkId} and fact.account = ${feltToHex(account)} and fact.kind = 'OwnerRemoved'
    and ${throughGate(networkId, account)}
)`;
