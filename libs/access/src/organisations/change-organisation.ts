import { PurserError } from '#libs/api';
import { appendAudit } from '../audit/append-audit.ts';
import type { OrganisationWork } from './organisation-work.ts';

/** What stands in it is changed, the rest stays. */
export interface OrganisationChange {
  readonly name?: string;
  /** By the name that its rules are found by: `findTimeZone`. */
  readonly timeZone?: string;
}

export interface ChangedOrganisation {
  readonly publicId: string;
  readonly name: string;
  readonly timeZone: string;
  readonly kind: 'SHARED' | 'PERSONAL';
}

/**
 * Gives the organisation another name, another time zone. What it is already is no change, and has no audit entry.
 * @throws PurserError CONFLICT for the name of a personal one
 */
export const changeOrganisation = async (
  { trx, organisationId, actor }: OrganisationWork,
  change: OrganisationChange,
): Promise<ChangedOrganisation> => {
  const before = await trx
    .selectFrom('organisations')
    .select(['public_id as publicId', 'name', 'time_zone as timeZone', 'kind'])
    .where('organisation_id', '=', organisationId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (before.kind === 'PERSONAL' && change.name !== undefined)
    throw new PurserError('CONFLICT', 'A personal organisation is called what its account is called.');
  const after = { ...before, ...change };
  const changed = (['name', 'timeZone'] as const).filter((field) => after[field] !== before[field]);
  if (changed.length === 0) return before;
  await trx
    .updateTable('organisations')
    .set({ name: after.name, time_zone: after.timeZone })
    .where('organisation_id', '=', organisationId)
    .execute();
  const told = (of: ChangedOrganisation) => Object.fromEntries(changed.map((field) => [field, of[field]]));
  await appendAudit(trx, actor, {
    ...{ action: 'ORGANISATION_CHANGED', objectKind: 'ORGANISATION', objectId: before.publicId },
    ...{ before: told(before), after: told(after) },
  });
  return after;
};
