import type { RequestScope } from '#libs/database';

export const ROLES = ['ADMIN', 'FINANCE', 'APPROVER', 'AUDITOR', 'INTEGRATOR'] as const;
export type Role = (typeof ROLES)[number];

export const RIGHTS = [
  'READ_STATE',
  'READ_SPENDING',
  'READ_REVIEWS',
  'REVIEW',
  'EXPORT',
  'LABEL',
  'FOLLOW',
  'READ_OPERATIONS',
  'READ_PEOPLE',
  'READ_AUDIT',
  'MANAGE_KEYS',
  'MANAGE_PEOPLE',
  'MANAGE_ORGANISATION',
  'SUBSCRIBE',
] as const;
export type Right = (typeof RIGHTS)[number];

/** SHARED: of a team. PERSONAL: of one account, whose owner signed in with it. */
export type OrganisationKind = 'SHARED' | 'PERSONAL';

export type PrincipalKind = 'KEY' | 'OIDC' | 'SIGN_IN';

export interface PrincipalOrganisation {
  readonly id: number;
  /** What clients see of it: `org_` and 32 hex digits. */
  readonly publicId: string;
  readonly name: string;
  readonly kind: OrganisationKind;
}

/** Who asks, for which organisation, and what that lets him see and do. */
export interface Principal {
  readonly kind: PrincipalKind;
  /** The id of the key or of the member: no secret, and what the audit log names. */
  readonly id: string;
  readonly name: string;
  readonly organisation: PrincipalOrganisation;
  readonly role: Role;
  readonly rights: ReadonlySet<Right>;
  readonly scope: RequestScope;
  /** Unix milliseconds from which on it is refused; undefined: no end. */
  readonly validUntilMs: number | undefined;
  readonly unitsPerMinute: number;
}
