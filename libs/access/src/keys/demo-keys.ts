import { type Role, ROLES } from '#libs/api';
import type { Trx } from '#libs/database';
import { type Actor, appendAudit } from '../audit/append-audit.ts';
import { type MadeKey, spellKey } from './key-format.ts';
import type { KeyHasher } from './key-hash.ts';
import { ensureKey } from './keys.repository.ts';

/** Says what it is to whoever finds it: everybody can read it here. */
const SECRET = 'OnlyForTheSandboxOfThisMachine00';
const ID_LENGTH = 12;

export interface DemoKey extends MadeKey {
  readonly role: Role;
}

/** One key for each role of the sandbox, the same on every machine. Accepted nowhere else, whatever the database holds. */
export const DEMO_KEYS: readonly DemoKey[] = ROLES.map((role) => ({
  ...spellKey('DEMO', `${role}${role.toLowerCase()}00`.slice(0, ID_LENGTH), SECRET),
  role,
}));

export const demoKeyOf = (role: Role): DemoKey => {
  const key = DEMO_KEYS.find((candidate) => candidate.role === role);
  if (key === undefined) throw new RangeError(`no demo key of ${role}`);
  return key;
};

const SANDBOX: Actor = { kind: 'SYSTEM', id: 'sandbox', name: 'sandbox' };

/** Puts the demo keys into the organisation that is set in the transaction. One that was revoked stays so. */
export const ensureDemoKeys = async (trx: Trx, organisationId: number, hasher: KeyHasher): Promise<void> => {
  for (const { keyId, kind, role, text } of DEMO_KEYS) {
    const name = `demo ${role.toLowerCase()}`;
    const isNew = await ensureKey(trx, {
      ...{ keyId, kind, role, name, organisationId },
      ...hasher.hash(text),
      ...{ scope: undefined, expiresAt: undefined, unitsPerMinute: undefined },
      createdBy: `${SANDBOX.kind}:${SANDBOX.id}`,
    });
    if (!isNew) continue;
    await appendAudit(trx, SANDBOX, {
      action: 'KEY_CREATED',
      objectKind: 'API_KEY',
      objectId: keyId,
      after: { name, role, scope: null, expiresAt: null },
    });
  }
};
