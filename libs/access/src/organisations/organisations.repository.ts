import { PurserError } from '#libs/api';
import type { Db, Trx } from '#libs/database';
import { sql } from 'kysely';

export interface OrganisationName {
  readonly organisationId: number;
  readonly publicId: string;
  readonly name: string;
}

/** What the deployment began with: it follows all that is indexed. */
export const DEFAULT_ORGANISATION = 'default';

/**
 * An organisation by its name or its public id, as the owner of the database.
 * @throws PurserError NOT_FOUND; CONFLICT where several have the name.
 */
export const requireOrganisation = async (db: Db, wanted: string): Promise<OrganisationName> => {
  const found = await db
    .selectFrom('organisations')
    .select(['organisation_id as organisationId', 'public_id as publicId', 'name'])
    .where((where) => where.or([where('name', '=', wanted), where('public_id', '=', wanted)]))
    .limit(2)
    .execute();
  const [organisation, other] = found;
  if (organisation === undefined) throw new PurserError('NOT_FOUND', 'There is no such organisation.');
  if (other !== undefined)
    throw new PurserError('CONFLICT', 'Several organisations have that name: give the id (org_...).');
  return organisation;
};

/** Whose a key is, as the owner of the database. @throws PurserError NOT_FOUND */
export const organisationOfKey = async (db: Db, keyId: string): Promise<number> => {
  const row = await db
    .selectFrom('api_keys')
    .select('organisation_id')
    .where('key_id', '=', keyId)
    .executeTakeFirst();
  if (row === undefined) throw new PurserError('NOT_FOUND', 'There is no key of that id.');
  return row.organisation_id;
};

/** Says for which organisation the rest of the transaction is: its audit log is the one that is written to. */
export const actFor = async (trx: Trx, organisationId: number): Promise<void> => {
  await sql`select set_config('purser.organisation', ${String(organisationId)}, true)`.execute(trx);
};
