import type { Principal } from '#libs/api';
import { rightsOf } from '../policy/roles.ts';
import type { StoredKey } from './stored-key.ts';

/** Who asks with a key: itself, or the member that it was made for. */
export const principalOfKey = (key: StoredKey, defaultUnitsPerMinute: number): Principal => {
  const { organisation, role, scope, member } = key;
  return {
    kind: member === undefined ? 'KEY' : 'SIGN_IN',
    id: member?.memberId ?? key.keyId,
    name: member?.name ?? key.name,
    organisation,
    role,
    rights: rightsOf(role, organisation.kind, scope !== undefined),
    scope: { organisationId: organisation.id, ...(scope !== undefined && { only: scope }) },
    validUntilMs: key.expiresAt?.getTime(),
    unitsPerMinute: key.unitsPerMinute ?? defaultUnitsPerMinute,
  };
};
