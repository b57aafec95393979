import { type Db, inTransaction, type Trx } from '#libs/database';
import { sql } from 'kysely';
import type { Actor } from '../audit/append-audit.ts';
import { actFor } from './organisations.repository.ts';

/** For whom something is changed, and by whom. The organisation must be set in the transaction. */
export interface OrganisationWork {
  readonly trx: Trx;
  readonly organisationId: number;
  readonly actor: Actor;
}

/** On the host, as the owner of the database; the audit log of the organisation names who did it. */
export const workForOrganisation = <T>(
  db: Db,
  organisationId: number,
  actor: Actor,
  work: (work: OrganisationWork) => Promise<T>,
): Promise<T> =>
  inTransaction(db, async (trx) => {
    await actFor(trx, organisationId);
    return await work({ trx, organisationId, actor });
  });

/**
 * One at a time changes what an organisation follows and how it is called, until its transaction ends: what the audit log
 * says was there before was there.
 */
export const holdPortfolio = async ({ trx, organisationId }: OrganisationWork): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('purser.portfolio'), ${organisationId}::integer)`.execute(
    trx,
  );
};
