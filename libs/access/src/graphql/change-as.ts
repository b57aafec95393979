import { askIndex, type Principal, type RequestContext, type Role } from '#libs/api';
import type { ScopedDb } from '#libs/database';
import { AccessError } from '../access.error.ts';
import type { KeyWork } from '../keys/manage-keys.ts';
import type { StoredScope } from '../keys/stored-key.ts';
import type { OrganisationWork } from '../organisations/organisation-work.ts';
import { rightsOf } from '../policy/roles.ts';
import { type Asker, askerOf, requirePrincipal } from './asker.ts';

interface ChangePorts {
  readonly db: ScopedDb;
}

/** Runs a change for who asks, committed with its audit entries or not at all. @throws PurserError INDEX_UNAVAILABLE, and what the work throws */
export const change = <T>(
  { db }: ChangePorts,
  { scope, organisationId, actor }: Asker,
  work: (work: OrganisationWork) => Promise<T>,
): Promise<T> => askIndex(() => db.transact(scope, (trx) => work({ trx, organisationId, actor })));

/** A change that gives rights: `change`, with what who asks may give. */
export const changeAs = <T>(
  ports: ChangePorts,
  context: RequestContext,
  work: (work: KeyWork) => Promise<T>,
): Promise<T> => {
  const principal = requirePrincipal(context);
  return change(ports, askerOf(context), (plain) =>
    work({ ...plain, requireMayGive: (role, given) => requireMayGive(principal, role, given) }),
  );
};

/** No one gives rights that he has not got. @throws AccessError FORBIDDEN */
export const requireMayGive = (principal: Principal, role: Role, scope: StoredScope | undefined): void => {
  const { kind } = principal.organisation;
  const missing = [...rightsOf(role, kind, scope !== undefined)].find(
    (right) => !principal.rights.has(right),
  );
  const widens = principal.scope.only !== undefined;
  if (missing === undefined && !widens) return;
  throw new AccessError('FORBIDDEN', 'Nobody gives rights that he has not got himself.', {
    details: { right: missing ?? null, role: principal.role },
  });
};
