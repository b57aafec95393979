import { askIndex, type Principal, type RequestContext, type Role } from '#libs/api';
import { AccessError } from '../access.error.ts';
import type { Actor } from '../audit/append-audit.ts';
import type { KeyWork } from '../keys/manage-keys.ts';
import type { StoredScope } from '../keys/stored-key.ts';
import { rightsOf } from '../policy/roles.ts';
import type { AccessPorts } from './ports.ts';

/** Changes something of the organisation of who asks, in one transaction with its line in the audit log. */
export const changeAs = <T>(
  { db }: AccessPorts,
  context: RequestContext,
  work: (work: KeyWork) => Promise<T>,
): Promise<T> => {
  const { scope, requestId } = context;
  const principal = requirePrincipal(context);
  return askIndex(() =>
    db.transact(scope, (trx) =>
      work({
        trx,
        organisationId: principal.organisation.id,
        actor: actorOf(principal, requestId),
        requireMayGive: (role, given) => requireMayGive(principal, role, given),
      }),
    ),
  );
};

/** The field policy lets nobody else reach a change. */
export const requirePrincipal = ({ principal }: RequestContext): Principal => {
  if (principal === undefined) throw new AccessError('UNAUTHENTICATED', 'Give an API key.');
  return principal;
};

export const actorOf = ({ kind, id, name }: Principal, requestId: string): Actor => ({
  kind: kind === 'KEY' ? 'KEY' : 'MEMBER',
  id,
  name,
  requestId,
});

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
