import { DatabaseError } from '../database.error.ts';
import type { RequestScope } from './request-scope.ts';
import type { ReadOptions } from './scoped-db.ts';

/** Settings of the server by name. They hold until the transaction ends, so that none stays on the connection. */
export type ScopeSettings = Readonly<Record<string, string>>;

/** Rows of a month lie together, and hashes of all that is followed should not go to the disk. */
const PORTFOLIO_SETTINGS: ScopeSettings = { random_page_cost: '1.1', work_mem: '32MB' };

const CACHE_MODE: Readonly<Record<NonNullable<ReadOptions['plan']>, string>> = {
  ...{ CUSTOM: 'force_custom_plan', PORTFOLIO: 'force_custom_plan', GENERIC: 'force_generic_plan' },
};

export interface Limits extends ReadOptions {
  /** The longest a statement may take, also where the deadline is further away. Absent: until the deadline. */
  readonly timeoutMs?: number;
  /** performance.now() */
  readonly nowMs: number;
}

/**
 * What the policies of the database, and its planner, are told of who asks.
 * @throws DatabaseError SCOPE_MALFORMED; STATEMENT_TIMEOUT when the deadline has passed.
 */
export const settingsOf = (scope: RequestScope, limits: Limits): ScopeSettings => ({
  'purser.organisation': organisationOf(scope),
  'purser.scope': scope.only === undefined ? '' : 'LIMITED',
  ...(scope.only && {
    'purser.scope_accounts': arrayLiteral(scope.only.accounts),
    'purser.scope_labels': arrayLiteral(scope.only.labels),
  }),
  statement_timeout: String(timeoutOf(scope, limits)),
  ...(limits.plan !== undefined && { plan_cache_mode: CACHE_MODE[limits.plan] }),
  ...(limits.plan === 'PORTFOLIO' && PORTFOLIO_SETTINGS),
});

/**
 * The statements that begin a transaction in a scope, as one message without parameters. SET is neither planned nor answered with a
 * row, as `select set_config` would be; names of settings are our own.
 */
export const openingOf = (begin: string, settings: ScopeSettings): string => {
  let text = begin;
  for (const [name, value] of Object.entries(settings)) text += `; set local ${name} = ${sqlLiteral(value)}`;
  return text;
};

const organisationOf = ({ organisationId }: RequestScope): string => {
  if (organisationId === null) return '';
  if (!Number.isInteger(organisationId) || organisationId < 1 || organisationId > 2_147_483_647) {
    throw new DatabaseError('SCOPE_MALFORMED', `${organisationId} is no organisation`);
  }
  return String(organisationId);
};

// For the server 0 is no limit at all, so what is left of the deadline is rounded up.
const timeoutOf = ({ deadlineAtMs }: RequestScope, { timeoutMs, nowMs }: Limits): number => {
  if (deadlineAtMs === undefined) return Math.ceil(timeoutMs ?? 0);
  const left = Math.ceil(deadlineAtMs - nowMs);
  if (left <= 0) throw new DatabaseError('STATEMENT_TIMEOUT', 'the time of the request ran out');
  return Math.min(left, Math.ceil(timeoutMs ?? left));
};

/** A text[] as the server reads it, whatever its elements contain. */
export const arrayLiteral = (elements: readonly string[]): string =>
  `{${elements.map((element) => `"${element.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;

/** A string constant whose meaning depends on no setting of the server. */
export const sqlLiteral = (text: string): string => {
  if (text.includes('\0'))
    throw new DatabaseError('SCOPE_MALFORMED', 'a text of the scope contains a zero byte');
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
};
