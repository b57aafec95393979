import { askIndex, type OrganisationKind, type PrincipalOrganisation, type Role } from '#libs/api';
import { NO_ORGANISATION, type ScopedDb } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';
import { type RawBuilder, sql } from 'kysely';
import type { StoredScope } from '../keys/stored-key.ts';

/** Somebody in one organisation. */
export interface Membership {
  readonly organisation: PrincipalOrganisation;
  readonly memberId: string;
  readonly name: string;
  readonly role: Role;
  readonly scope: StoredScope | undefined;
  readonly isDisabled: boolean;
}

interface FoundRow {
  readonly organisation_id: number;
  readonly organisation_public_id: string;
  readonly organisation_name: string;
  readonly organisation_kind: OrganisationKind;
  readonly member_id: string;
  readonly member_name: string;
  readonly role: Role;
  readonly scope_accounts: string[] | null;
  readonly scope_labels: string[] | null;
  readonly disabled_at: Date | null;
}

/** Where an account is a member. Only for who has shown that it is his. */
export const membershipsOfAccount = (
  db: ScopedDb,
  networkId: number,
  account: Address,
): Promise<Membership[]> =>
  find(
    db,
    sql<FoundRow>`select * from find_memberships_by_account(${networkId}::integer, ${feltToHex(account)}::text)`,
  );

/** Where the subject of a token is a member. Only for who has sent the token. */
export const membershipsOfSubject = (db: ScopedDb, issuer: string, subject: string): Promise<Membership[]> =>
  find(db, sql<FoundRow>`select * from find_memberships_by_subject(${issuer}::text, ${subject}::text)`);

/** Makes the organisation of one account, where it is not there yet. */
export const ensurePersonalOrganisation = (
  db: ScopedDb,
  networkId: number,
  account: Address,
): Promise<void> =>
  askIndex(() =>
    db.transact(NO_ORGANISATION, async (trx) => {
      await sql`select ensure_personal_organisation(${networkId}::integer, ${feltToHex(account)}::text)`.execute(
        trx,
      );
    }),
  );

const find = async (db: ScopedDb, statement: RawBuilder<FoundRow>): Promise<Membership[]> => {
  const rows = await askIndex(() => db.read(NO_ORGANISATION, statement));
  return rows.map((row) => ({
    organisation: {
      id: row.organisation_id,
      publicId: row.organisation_public_id,
      name: row.organisation_name,
      kind: row.organisation_kind,
    },
    memberId: row.member_id,
    name: row.member_name,
    role: row.role,
    scope:
      row.scope_accounts === null && row.scope_labels === null
        ? undefined
        : { accounts: row.scope_accounts ?? [], labels: row.scope_labels ?? [] },
    isDisabled: row.disabled_at !== null,
  }));
};
