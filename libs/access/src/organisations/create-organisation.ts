import { PurserError } from '#libs/api';
import type { Trx } from '#libs/database';
import { sql } from 'kysely';
import { type Actor, appendAudit } from '../audit/append-audit.ts';
import { requireText } from '../follows/follow-accounts.ts';
import { actFor, type OrganisationName } from './organisations.repository.ts';

const LONGEST_NAME = 100;

/**
 * Makes an organisation that follows nothing yet, as the owner of the database. The rest of the transaction is for it.
 * @throws PurserError CONFLICT where the name is taken; BAD_INPUT for one that is blank, too long or not printable
 */
export const createOrganisation = async (trx: Trx, actor: Actor, name: string): Promise<OrganisationName> => {
  const wanted = requireText(name, LONGEST_NAME);
  if (wanted === null) throw new PurserError('BAD_INPUT', 'An organisation needs a name.');
  await sql`select pg_advisory_xact_lock(hashtext('purser.organisations'))`.execute(trx);
  const taken = await trx
    .selectFrom('organisations')
    .select('organisation_id')
    .where((where) => where.or([where('name', '=', wanted), where('public_id', '=', wanted)]))
    .executeTakeFirst();
  if (taken !== undefined) throw new PurserError('CONFLICT', 'There is an organisation of that name.');
  const made = await trx
    .insertInto('organisations')
    .values({ name: wanted })
    .returning(['organisation_id as organisationId', 'public_id as publicId', 'name'])
    .executeTakeFirstOrThrow();
  await actFor(trx, made.organisationId);
  await appendAudit(trx, actor, {
    ...{ action: 'ORGANISATION_CREATED', objectKind: 'ORGANISATION', objectId: made.publicId },
    after: { name: wanted },
  });
  return made;
};
