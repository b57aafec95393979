import { PurserError } from '#libs/api';
import { appendAudit } from '../audit/append-audit.ts';
import type { KeyWork } from '../keys/manage-keys.ts';

export interface ChangedOrganisation {
  readonly publicId: string;
  readonly name: string;
  readonly kind: 'SHARED' | 'PERSONAL';
}

/** Gives the organisation another name. @throws PurserError CONFLICT where it is a personal one */
export const renameOrganisation = async (
  { trx, organisationId, actor }: KeyWork,
  name: string,
): Promise<ChangedOrganisation> => {
  const before = await trx
    .selectFrom('organisations')
    .select(['public_id as publicId', 'name', 'kind'])
    .where('organisation_id', '=', organisationId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (before.kind === 'PERSONAL')
    throw new PurserError('CONFLICT', 'A personal organisation is called what its account is called.');
  if (before.name === name) return before;
  await trx
    .updateTable('organisations')
    .set({ name })
    .where('organisation_id', '=', organisationId)
    .execute();
  await appendAudit(trx, actor, {
    action: 'ORGANISATION_CHANGED',
    objectKind: 'ORGANISATION',
    objectId: before.publicId,
    before: { name: before.name },
    after: { name },
  });
  return { ...before, name };
};
