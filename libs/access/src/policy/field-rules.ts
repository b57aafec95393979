import type { Right } from '#libs/api';
import { ACCESS_FIELDS } from './fields/access.ts';
import { CHAIN_FIELDS } from './fields/chain.ts';
import { FINANCE_FIELDS } from './fields/finance.ts';
import { LIVE_FIELDS } from './fields/live.ts';
import { OPERATIONS_FIELDS } from './fields/operations.ts';
import { PEOPLE_FIELDS } from './fields/people.ts';
import { PORTFOLIO_FIELDS } from './fields/portfolio.ts';
import { SPENDING_FIELDS } from './fields/spending.ts';

/** PUBLIC: answered to nobody in particular, without a credential. */
export type FieldRight = Right | 'PUBLIC';

/**
 * By type, which right each field needs. Every field is named: there is no wildcard, so that a new field is refused
 * until somebody says who may read it.
 */
export type FieldRules = Readonly<Record<string, { readonly [Needed in FieldRight]?: readonly string[] }>>;

/** The rules of the schema, by topic. A type or a root may be ruled in several of them, a field in one. */
export const FIELD_RULES: readonly FieldRules[] = [
  CHAIN_FIELDS,
  SPENDING_FIELDS,
  FINANCE_FIELDS,
  LIVE_FIELDS,
  OPERATIONS_FIELDS,
  ACCESS_FIELDS,
  PORTFOLIO_FIELDS,
  PEOPLE_FIELDS,
];
