import { askIndex } from '#libs/api';
import { NO_ORGANISATION, type ScopedDb } from '#libs/database';
import { sql } from 'kysely';
import type { AuditEntry } from '../audit/append-audit.ts';
import {
  type Membership,
  membershipsOfAccount,
  membershipsOfSubject,
} from '../members/memberships.repository.ts';
import type { RefusedToken, Refusal } from './refusal.ts';

/** An organisation that a refusal concerns, and what its audit log is to say. */
export interface ConcernedEntry {
  readonly organisationId: number;
  readonly entry: AuditEntry;
}

/**
 * Whom a refusal concerns: the organisations that the account or the subject is a member of, disabled or not; that of the key;
 * of a subject that its issuer vouches for and that is no member, the organisation that he asked for. Often nobody.
 * @param counted what more is known than that it happened
 */
export const entriesOfRefusal = async (
  db: ScopedDb,
  refusal: Refusal,
  counted: object,
): Promise<readonly ConcernedEntry[]> => {
  const { code, reason } = refusal;
  const after = { code, ...(reason !== undefined && { reason }), ...counted };
  switch (refusal.kind) {
    case 'KEY': {
      const { organisationId, keyId: objectId } = refusal;
      return [{ organisationId, entry: { action: 'KEY_REFUSED', objectKind: 'API_KEY', objectId, after } }];
    }
    case 'ACCOUNT': {
      const { networkId, account } = refusal;
      const memberships = await membershipsOfAccount(db, networkId, account);
      return memberships.map((membership) => entryOfMember(membership, 'SIGN_IN_REFUSED', after));
    }
    case 'TOKEN':
      return await entriesOfToken(db, refusal, after);
  }
};

const entriesOfToken = async (
  db: ScopedDb,
  { issuer, subject, wanted }: RefusedToken,
  told: { readonly code: string },
): Promise<readonly ConcernedEntry[]> => {
  const after = { ...told, issuer, subject };
  const memberships = (await membershipsOfSubject(db, issuer, subject)).filter(
    ({ organisation }) => wanted === undefined || organisation.publicId === wanted,
  );
  if (memberships.length > 0 || wanted === undefined)
    return memberships.map((membership) => entryOfMember(membership, 'TOKEN_REFUSED', after));
  const organisationId = await findOrganisation(db, wanted);
  if (organisationId === undefined) return [];
  return [
    {
      organisationId,
      entry: { action: 'TOKEN_REFUSED', objectKind: 'ORGANISATION', objectId: wanted, after },
    },
  ];
};

const entryOfMember = (
  { organisation, memberId, isDisabled }: Membership,
  action: 'SIGN_IN_REFUSED' | 'TOKEN_REFUSED',
  after: { readonly code: string },
): ConcernedEntry => ({
  organisationId: organisation.id,
  entry: {
    ...{ action, objectKind: 'MEMBER', objectId: memberId },
    after: isDisabled && after.code === 'NOT_A_MEMBER' ? { ...after, code: 'MEMBER_DISABLED' } : after,
  },
});

const findOrganisation = async (db: ScopedDb, publicId: string): Promise<number | undefined> => {
  const statement = sql<{ readonly id: number | null }>`select find_organisation(${publicId}::text) as id`;
  const [row] = await askIndex(() => db.read(NO_ORGANISATION, statement));
  return row?.id ?? undefined;
};
