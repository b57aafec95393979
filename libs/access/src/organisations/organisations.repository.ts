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

export interface ListedOrganisation extends OrganisationName {
  readonly createdAt: Date;
  readonly timeZone: string;
  readonly follows: number;
  /** Keys that have not ended. */
  readonly keys: number;
  /** Whether a rule lets it see every account, also those that only others asked for. */
  readonly seesEverything: boolean;
}

/** All organisations, the oldest first, as the owner of the database. */
export const listOrganisations = (db: Db): Promise<ListedOrganisation[]> =>
  db
    .selectFrom('organisations as o')
    .select([
      'o.organisation_id as organisationId',
      'o.public_id as publicId',
      'o.name',
      'o.created_at as createdAt',
      'o.time_zone as timeZone',
    ])
    .select([
      sql<number>`(select count(*) from follows f where f.organisation_id = o.organisation_id)::integer`.as(
        'follows',
      ),
      sql<number>`(
        select count(*) from api_keys k
        where k.organisation_id = o.organisation_id and k.revoked_at is null and coalesce(k.expires_at > now(), true)
      )::integer`.as('keys'),
      sql<boolean>`exists (
        select from follow_rules r where r.organisation_id = o.organisation_id and r.kind = 'EVERYTHING'
      )`.as('seesEverything'),
    ])
    .orderBy('o.organisation_id')
    .execute();
