import { type RawBuilder, sql } from 'kysely';
import type { PeriodPart } from '../period/period.ts';

export type SpendingGroup =
  | PeriodPart
  | 'TOKEN'
  | 'ACCOUNT'
  | 'SESSION'
  | 'RECIPIENT'
  | 'LABEL'
  | 'TEAM'
  | 'COST_CENTRE'
  | 'GROUP';

/** What follows from a row of a ledger and its account alone. An account may be in several groups. */
export type RowGroup = Exclude<SpendingGroup, 'GROUP'>;

/** A column that rows are grouped by. The part of the period is its number. */
export type RowKey =
  | 'part'
  | 'token'
  | 'account'
  | 'session_key'
  | 'recipient'
  | 'label'
  | 'team'
  | 'cost_centre';

/** Names of groups tell them apart within an organisation. */
export type GroupKey = RowKey | 'group_name';

const KEYS: Record<RowGroup, RowKey> = {
  DAY: 'part',
  WEEK: 'part',
  MONTH: 'part',
  TOKEN: 'token',
  ACCOUNT: 'account',
  SESSION: 'session_key',
  RECIPIENT: 'recipient',
  LABEL: 'label',
  TEAM: 'team',
  COST_CENTRE: 'cost_centre',
};

/** What a key is, of a row `l` and the follow `fo` of its account. Never null, so that rows compare. */
export type KeyColumns = Readonly<Record<RowKey, RawBuilder<unknown>>>;

export const KEY_COLUMNS: Omit<KeyColumns, 'part'> = {
  token: sql`l.token::text`,
  account: sql`l.account::text`,
  session_key: sql`coalesce(l.session_key::text, '')`,
  recipient: sql`l.counterparty::text`,
  label: sql`coalesce(fo.label, '')`,
  team: sql`coalesce(fo.team, '')`,
  cost_centre: sql`coalesce(fo.cost_centre, '')`,
};

export const rowKeysOf = (groups: readonly RowGroup[]): readonly RowKey[] =>
  groups.map((group) => KEYS[group]);

export const keysOf = (groups: readonly SpendingGroup[]): readonly GroupKey[] =>
  groups.map((group) => (group === 'GROUP' ? 'group_name' : KEYS[group]));

export const namesOf = (keys: readonly GroupKey[]) => sql.join(keys.map((key) => sql.ref(key)));

export const selectKeys = (keys: readonly RowKey[], columns: KeyColumns) =>
  sql.join(keys.map((key) => sql`${columns[key]} as ${sql.ref(key)}`));

/** By the columns that `selectKeys` puts first. */
export const groupByKeys = (keys: readonly GroupKey[]) => sql.join(keys.map((_, at) => sql.lit(at + 1)));

/** Of rows that are sums themselves. */
export const ADDED = sql`sum(debited) as debited, sum(debits) as debits, sum(moved) as moved, sum(received) as received,
  sum(movements) as movements`;
