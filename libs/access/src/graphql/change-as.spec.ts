import { describe, expect, it } from '@jest/globals';
import { type OrganisationKind, type Principal, type Role, ROLES } from '#libs/api';
import type { StoredScope } from '../keys/stored-key.ts';
import { rightsOf } from '../policy/roles.ts';
import { requireMayGive } from './change-as.ts';

const LIMITED: StoredScope = { accounts: ['1/0x1'], labels: [] };

const principal = (role: Role, only?: StoredScope, kind: OrganisationKind = 'SHARED'): Principal => ({
  ...{ kind: 'KEY', id: 'k', name: 'k', role, validUntilMs: undefined, unitsPerMinute: 1 },
  organisation: { id: 1, publicId: 'org_1', name: 'one', kind },
  rights: rightsOf(role, kind, only !== undefined),
  scope: { organisationId: 1, ...(only !== undefined && { only }) },
});

const mayGive = (who: Principal, role: Role, scope?: StoredScope): boolean => {
  try {
    requireMayGive(who, role, scope);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    return false;
  }
};

describe('what somebody may give', () => {
  it('is every role, of an admin who sees everything', () => {
    for (const kind of ['SHARED', 'PERSONAL'] as const)
      for (const role of ROLES)
        for (const scope of [undefined, LIMITED])
          expect(mayGive(principal('ADMIN', undefined, kind), role, scope)).toBe(true);
  });

  it('is nothing that he may not do himself', () => {
    for (const own of ROLES) {
      for (const role of ROLES) {
        const rights = rightsOf(own, 'SHARED', false);
        const covered = [...rightsOf(role, 'SHARED', false)].every((right) => rights.has(right));
        expect([own, role, mayGive(principal(own), role)]).toEqual([own, role, covered]);
      }
    }
    expect(mayGive(principal('AUDITOR'), 'ADMIN')).toBe(false);
    expect(mayGive(principal('FINANCE'), 'AUDITOR')).toBe(false);
  });

  it('is no account that he does not see himself', () => {
    for (const role of ROLES)
      for (const scope of [undefined, LIMITED])
        expect(mayGive(principal('ADMIN', LIMITED), role, scope)).toBe(false);
  });
});
