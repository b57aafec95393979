import { type AccountStatus, isFollowed } from '#libs/database';
import { behindLastUnread, isUnread } from '#libs/facts';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';
import type { Moment } from '../moment.ts';
import { begunAt, coversPoint } from './point.statement.ts';

/** An account as a column of the statement, by its name, or as a value; nothing where none is asked for. */
type AccountRef = string | Address | undefined;

const accountOf = (account: AccountRef) =>
  typeof account === 'string'
    ? sql.ref(account)
    : sql`${account === undefined ? null : feltToHex(account)}::text`;

/** The gate, where an account is a value. One that is a column comes out of rows that went through it. */
export const throughGate = (networkId: number, account: AccountRef): RawBuilder<boolean> =>
  typeof account === 'bigint' ? isFollowed(networkId, accountOf(account)) : sql<boolean>`true`;

/**
 * First block of the coverage range of an account that holds the point: everything from there to it was read. Events begin
 * behind the last one that was read and not understood.
 */
export const coveredFrom = (kind: 'EVENTS' | 'STATE', networkId: number, account: AccountRef, at: Moment) =>
  sql<number | null>`(
    select ${kind === 'EVENTS' ? sql`greatest(cov.from_block, ${behindLastUnread(networkId, sql`cov.account`, upTo(at))})` : sql`cov.from_block`}
    from coverage cov
    where cov.network_id = ${networkId} and cov.account = ${accountOf(account)}
      and cov.kind = ${sql.lit(kind)} and ${coversPoint('cov', at)} and ${throughGate(networkId, account)}
  )`;

const upTo = (at: Moment) => (at === undefined ? undefined : sql`point.block_number`);

/** Whether what is folded of the key of a version can be relied on: nothing about it was left unread. */
export const isReadable = (networkId: number, version: string, at: Moment) =>
  sql<boolean>`not ${isUnread(networkId, sql.ref(`${version}.account`), sql.ref(`${version}.session_key`), upTo(at))}`;

/** The same of a key that is asked for by name; of no key, false. */
export const isUnreadKey = (
  networkId: number,
  account: Address,
  sessionKey: SessionKey | undefined,
  at: Moment,
) =>
  sessionKey === undefined
    ? sql<boolean>`false`
    : isUnread(networkId, accountOf(account), sql`${feltToHex(sessionKey)}::text`, upTo(at));

/** How many accounts an error names. */
const NAMED_ACCOUNTS = 10;

/**
 * Accounts whose state is not known at a point that was asked for: the one that is meant, or some of all. A list of
 * all accounts that goes on at the block of its first page says nothing of those that came since.
 */
export const someUncovered = (networkId: number, account: AccountRef, at: Moment) =>
  at === undefined || (at.kind === 'PIN' && account === undefined)
    ? sql<string[]>`'{}'::text[]`
    : sql<string[]>`array(
    select un.address::text from accounts un
    where un.network_id = ${networkId} and un.status = 'FOLLOWED'
      and ${account === undefined ? sql`true` : sql`un.address = ${accountOf(account)}`}
      and not exists (
        select from coverage cov
        where cov.network_id = ${networkId} and cov.account = un.address and cov.kind = 'STATE'
          and ${coversPoint('cov', at)}
      )
    order by un.address limit ${sql.lit(NAMED_ACCOUNTS)}
  )`;

/** The back-fill of an account that is not finished, in calls to nodes. */
export interface BackfillJson {
  readonly made: number;
  readonly left: number | null;
  readonly rate: number | null;
}

export const backfillOf = (networkId: number, account: AccountRef) =>
  sql<BackfillJson | null>`(
    select jsonb_build_object('made', job.calls_made, 'left', job.calls_left, 'rate', job.calls_per_second)
    from backfill_jobs job
    where job.network_id = ${networkId} and job.account = ${accountOf(account)} and job.finished_at is null
  )`;

/** What the class called cl can do. The shapes of its events, some 3 kB, are for who decodes events. */
export const ABILITIES = sql<object | null>`cl.capabilities - 'eventShapes'`.as('capabilities');

/** What `sessionFromRow` reads of a session version called sv. */
export const SESSION_COLUMNS = [
  'sv.account',
  'sv.session_key',
  'sv.valid_until_seconds',
  'sv.max_calls',
  'sv.calls_used',
  'sv.allowed_entrypoints',
  'sv.allowed_entrypoints_len',
  'sv.entrypoints_known',
  'sv.lifecycle',
  'sv.lifecycle_block',
  'sv.lifecycle_tx',
] as const;

export const accountStatusOf = (networkId: number, account: AccountRef) =>
  sql<AccountStatus | null>`(
    select acc.status from accounts acc
    where acc.network_id = ${networkId} and acc.address = ${accountOf(account)}
  )`;

/** Whether the account had a session key up to the point. One that only an abandoned branch had left its slots, and no version. */
export const hasSessionKeys = (networkId: number, account: AccountRef, at: Moment) =>
  sql<boolean>`exists (
    select from session_versions has where has.network_id = ${networkId} and has.account = ${accountOf(account)}
      and ${begunAt('has', at)}
  )`;

/** How many session keys the account had up to the point. */
export const sessionKeyCount = (networkId: number, account: AccountRef, at: Moment) =>
  sql<number>`(
    select count(distinct had.session_key) from session_versions had
    where had.network_id = ${networkId} and had.account = ${accountOf(account)}
      and ${begunAt('had', at)}
  )`;

/** Storage decides: a policy that limits is in force whatever the last event said. */
export const policyInForce = (policy: string) =>
  sql<boolean>`(${sql.ref(`${policy}.lifecycle`)} = 'SET' or ${sql.ref(`${policy}.max_per_window`)} <> 0)`;

/** The policies in force of a session key, where the version pv is held, as JSON with every number as text: JSON numbers would lose digits. */
export const policiesOf = (
  networkId: number,
  account: string,
  sessionKey: string,
  held: RawBuilder<boolean>,
) =>
  sql<PolicyJson[]>`(
    select coalesce(jsonb_agg(jsonb_build_object(
      'token', pv.token,
      'maxPerCall', pv.max_per_call::text,
      'maxPerWindow', pv.max_per_window::text,
      'windowSeconds', pv.window_seconds::text,
      'spentInWindow', pv.spent_in_window::text,
      'windowStartSeconds', pv.window_start_seconds::text
    ) order by pv.token), '[]'::jsonb)
    from policy_versions pv
    where pv.network_id = ${networkId} and pv.account = ${sql.ref(account)}
      and pv.session_key = ${sql.ref(sessionKey)} and ${held} and ${policyInForce('pv')}
  )`;

export interface PolicyJson {
  readonly token: string;
  readonly maxPerCall: string;
  readonly maxPerWindow: string;
  readonly windowSeconds: string;
  readonly spentInWindow: string;
  readonly windowStartSeconds: string;
}
