import { type OrganisationKind, type Right, RIGHTS, type Role, ROLES } from '#libs/api';

/** What each role may do: the table of docs/reference/access.md. */
export const ROLES_WITH: Readonly<Record<Right, readonly Role[]>> = {
  READ_STATE: ROLES,
  READ_SPENDING: ['ADMIN', 'FINANCE', 'APPROVER', 'AUDITOR'],
  READ_REVIEWS: ['ADMIN', 'FINANCE', 'AUDITOR'],
  REVIEW: ['ADMIN', 'FINANCE'],
  EXPORT: ['ADMIN', 'FINANCE', 'AUDITOR'],
  LABEL: ['ADMIN', 'FINANCE'],
  FOLLOW: ['ADMIN'],
  READ_OPERATIONS: ['ADMIN', 'AUDITOR'],
  READ_PEOPLE: ['ADMIN', 'AUDITOR'],
  READ_AUDIT: ['ADMIN', 'AUDITOR'],
  MANAGE_KEYS: ['ADMIN'],
  MANAGE_PEOPLE: ['ADMIN'],
  MANAGE_ORGANISATION: ['ADMIN'],
  SUBSCRIBE: ROLES,
};

/** A personal organisation follows the one account of its owner, and has no other people. */
const NOT_PERSONAL = new Set<Right>(['FOLLOW', 'MANAGE_PEOPLE']);

/** About the organisation as a whole: who sees only a part of its accounts has none of them. */
const NOT_LIMITED = new Set<Right>([
  'FOLLOW',
  'MANAGE_KEYS',
  'MANAGE_PEOPLE',
  'MANAGE_ORGANISATION',
  'READ_AUDIT',
  'READ_PEOPLE',
]);

/**
 * What somebody may do, by role, kind of organisation, and whether the scope is limited to some accounts or labels.
 * The organisation itself is the gate of the database, not a right.
 */
export const rightsOf = (role: Role, kind: OrganisationKind, isLimited: boolean): ReadonlySet<Right> =>
  new Set(
    RIGHTS.filter(
      (right) =>
        ROLES_WITH[right].includes(role) &&
        !(kind === 'PERSONAL' && NOT_PERSONAL.has(right)) &&
        !(isLimited && NOT_LIMITED.has(right)),
    ),
  );

/** Rights that everybody has who is somebody. */
export const COMMON_RIGHTS: ReadonlySet<Right> = new Set(
  RIGHTS.filter(
    (right) =>
      ROLES_WITH[right].length === ROLES.length && !NOT_PERSONAL.has(right) && !NOT_LIMITED.has(right),
  ),
);
