import { randomBytes } from 'node:crypto';
import { PurserError, type Role } from '#libs/api';
import { appendAudit } from '../audit/append-audit.ts';
import type { OrganisationWork } from '../organisations/organisation-work.ts';
import { makeKey, type MadeKey } from './key-format.ts';
import type { KeyHasher } from './key-hash.ts';
import { endKey, insertKey, lockKey, replaceKey } from './keys.repository.ts';
import type { ListedKey, StoredScope } from './stored-key.ts';

const KEY_ID = /^[0-9A-Za-z]{12}$/;

/** 30 days. */
export const MOST_OVERLAP_SECONDS = 2_592_000;

export interface KeyRequest {
  readonly name: string;
  readonly role: Role;
  /** Undefined: all accounts of the organisation. */
  readonly scope: StoredScope | undefined;
  readonly expiresAt: Date | undefined;
  readonly unitsPerMinute?: number;
}

/** For whom keys are changed, and by whom. The organisation must be set in the transaction. */
export interface KeyWork extends OrganisationWork {
  /** Refuses what who asks may not give. Absent on the host, where everything may be given. */
  readonly requireMayGive?: (role: Role, scope: StoredScope | undefined) => void;
}

/** Makes a key. @returns it with the secret, which is nowhere else from then on. */
export const createKey = async (work: KeyWork, hasher: KeyHasher, request: KeyRequest): Promise<MadeKey> => {
  const made = await addKey(work, hasher, request);
  await appendAudit(work.trx, work.actor, {
    action: 'KEY_CREATED',
    objectKind: 'API_KEY',
    objectId: made.keyId,
    after: { ...request, expiresAt: request.expiresAt ?? null, scope: request.scope ?? null },
  });
  return made;
};

/**
 * Makes a key of the same role, scope and limit, and lets the old one work on for the overlap.
 * @throws AccessError FORBIDDEN; PurserError NOT_FOUND; CONFLICT where the key has ended, was replaced already, or is not of the kind that is rotated;
 * BAD_INPUT for an overlap above 30 days.
 */
export const rotateKey = async (
  work: KeyWork,
  hasher: KeyHasher,
  keyId: string,
  overlapSeconds: number,
): Promise<MadeKey> => {
  if (!Number.isSafeInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > MOST_OVERLAP_SECONDS)
    throw new PurserError('BAD_INPUT', `The overlap is 0 to ${MOST_OVERLAP_SECONDS} seconds.`);
  const old = await requireKey(work, keyId);
  requireRotatable(old);
  const { name, role, scope, expiresAt, unitsPerMinute } = old;
  const made = await addKey(work, hasher, {
    ...{ name, role, scope, expiresAt },
    ...(unitsPerMinute !== undefined && { unitsPerMinute }),
  });
  await replaceKey(work.trx, keyId, made.keyId, overlapSeconds);
  await appendAudit(work.trx, work.actor, {
    action: 'KEY_ROTATED',
    objectKind: 'API_KEY',
    objectId: keyId,
    before: { expiresAt: expiresAt ?? null },
    after: { replacedBy: made.keyId, overlapSeconds },
  });
  return made;
};

/** Ends a key at once. One that has ended stays as it is. @throws PurserError NOT_FOUND */
export const revokeKey = async (work: KeyWork, keyId: string): Promise<ListedKey> => {
  const key = await requireKey(work, keyId);
  if (key.revokedAt !== undefined) return key;
  await endKey(work.trx, keyId);
  const revoked = await requireKey(work, keyId);
  await appendAudit(work.trx, work.actor, {
    action: 'KEY_REVOKED',
    objectKind: 'API_KEY',
    objectId: keyId,
    before: { revokedAt: null },
    after: { revokedAt: revoked.revokedAt ?? null },
  });
  return revoked;
};

const addKey = async (
  { trx, organisationId, actor, requireMayGive }: KeyWork,
  hasher: KeyHasher,
  { name, role, scope, expiresAt, unitsPerMinute }: KeyRequest,
): Promise<MadeKey> => {
  requireMayGive?.(role, scope);
  const made = makeKey('LIVE', randomBytes);
  await insertKey(trx, {
    ...{ keyId: made.keyId, kind: made.kind, organisationId, name, role, scope, expiresAt, unitsPerMinute },
    ...hasher.hash(made.text),
    createdBy: `${actor.kind}:${actor.id}`,
  });
  return made;
};

const requireKey = async ({ trx, organisationId }: KeyWork, keyId: string): Promise<ListedKey> => {
  const key = KEY_ID.test(keyId) ? await lockKey(trx, organisationId, keyId) : undefined;
  if (key === undefined) throw new PurserError('NOT_FOUND', 'The organisation has no key of that id.');
  return key;
};

const requireRotatable = ({ kind, revokedAt, replacedBy }: ListedKey): void => {
  if (kind !== 'LIVE')
    throw new PurserError('CONFLICT', 'Only keys that were made for an organisation are rotated.');
  if (revokedAt !== undefined) throw new PurserError('CONFLICT', 'The key has been revoked: make a new one.');
  if (replacedBy !== undefined)
    throw new PurserError('CONFLICT', `The key was replaced by ${replacedBy}: rotate that one.`);
};
