import type { Db } from '#libs/database';
import { isUnread } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { sql } from 'kysely';
import { type FinanceHeadRow, headRow, type StandingRow, standingRow } from '../report/head.statement.ts';
import { type FinanceFilter, followConditions } from '../report/ledger-scope.ts';
import { isUsable } from './usable-key.ts';

/** A policy of a key that may still be used, every number as text: JSON numbers would lose digits. */
export interface BudgetJson {
  readonly account: string;
  readonly sessionKey: string;
  readonly label: string | null;
  readonly team: string | null;
  readonly costCentre: string | null;
  readonly classHash: string | null;
  readonly token: string;
  readonly maxPerCall: string;
  readonly maxPerWindow: string;
  readonly windowSeconds: string;
  readonly spentInWindow: string;
  readonly windowStartSeconds: string;
  /** Something about the key could not be read: its words may be wrong. */
  readonly isUnread: boolean;
  readonly symbol: string | null;
  readonly name: string | null;
  readonly decimals: number | null;
}

/** That an account is in a group of the organisation. */
export interface MembershipJson {
  readonly account: string;
  readonly id: string;
  readonly name: string;
}

export interface BudgetsRow extends FinanceHeadRow, StandingRow {
  readonly policies: readonly BudgetJson[];
  /** Of the accounts of these policies. Null where they were not asked for. */
  readonly memberships: readonly MembershipJson[] | null;
}

export interface BudgetsQuery {
  readonly filter: FinanceFilter;
  readonly limit: number;
  /** How many memberships to tell at most; undefined: none are asked for. */
  readonly membershipLimit: number | undefined;
}

/** Storage decides: a policy that limits is in force whatever the last event said. */
const isInForce = sql<boolean>`(pv.lifecycle = 'SET' or pv.max_per_window <> 0)`;

const keyConditions = ({ account, sessionKey, token }: FinanceFilter) =>
  sql.join(
    [
      sql`pv.valid_to_block is null`,
      ...(account === undefined ? [] : [sql`pv.account = ${feltToHex(account)}::text`]),
      ...(sessionKey === undefined ? [] : [sql`pv.session_key = ${feltToHex(sessionKey)}::text`]),
      ...(token === undefined ? [] : [sql`pv.token = ${feltToHex(token)}::text`]),
    ],
    sql` and `,
  );

/** Row-level security leaves the groups of the organisation. */
const membershipsOf = (networkId: number, limit: number) => sql`(
  select coalesce(jsonb_agg(jsonb_build_object('account', m.account, 'id', m.group_id, 'name', m.name)), '[]'::jsonb)
  from (
    select gm.account, g.group_id, g.name
    from group_members gm join groups g on g.organisation_id = gm.organisation_id and g.group_id = gm.group_id
    where gm.network_id = ${networkId}::integer and gm.account in (select p.account from listed p)
    limit ${limit}
  ) m
)`;

/** The policies in force of usable keys of followed accounts, now, in one statement. Recipients say nothing of them. */
export const budgetsStatement = (
  db: Db,
  networkId: number,
  { filter, limit, membershipLimit }: BudgetsQuery,
) =>
  sql<BudgetsRow>`
    with head as (${headRow(networkId, undefined)}),
    listed as (
      select pv.*, fo.label, fo.team, fo.cost_centre,
        ${isUnread(networkId, sql`pv.account`, sql`pv.session_key`, undefined)} as is_unread
      from head cross join follows fo
      join policy_versions pv on pv.network_id = fo.network_id and pv.account = fo.account
      join session_versions sv on sv.network_id = pv.network_id and sv.account = pv.account
        and sv.session_key = pv.session_key and sv.valid_to_block is null
      where ${followConditions(networkId, filter)} and ${keyConditions(filter)} and ${isInForce} and ${isUsable}
      limit ${limit}
    )
    select head.*, standing.*, (
      select coalesce(jsonb_agg(jsonb_build_object('account', p.account, 'sessionKey', p.session_key, 'label', p.label,
        'team', p.team, 'costCentre', p.cost_centre, 'classHash', av.class_hash, 'token', p.token,
        'maxPerCall', p.max_per_call::text, 'maxPerWindow', p.max_per_window::text, 'windowSeconds', p.window_seconds::text,
        'spentInWindow', p.spent_in_window::text, 'windowStartSeconds', p.window_start_seconds::text, 'isUnread', p.is_unread,
        'symbol', t.symbol, 'name', t.name, 'decimals', t.decimals)), '[]'::jsonb)
      from listed p
      left join account_versions av on av.network_id = p.network_id and av.account = p.account and av.valid_to_block is null
      left join tokens t on t.network_id = p.network_id and t.address = p.token
    ) as policies, ${membershipLimit === undefined ? sql`null::jsonb` : membershipsOf(networkId, membershipLimit)} as memberships
    from head cross join lateral (${standingRow(networkId, filter, sql<number>`head.block_number`)}) standing`;
