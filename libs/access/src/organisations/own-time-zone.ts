import { askIndex, loaderFor, type RequestContext } from '#libs/api';
import type { ScopedDb } from '#libs/database';
import { sql } from 'kysely';

/** Of the organisation that is asked for alone: row-level security leaves no other row. */
const statement = sql<{
  time_zone: string;
}>`select o.time_zone from organisations o where o.organisation_id = current_organisation()`;

/**
 * Where the days of the organisation of who asks begin; one statement for all that a request asks for at once. Undefined for nobody.
 * @throws PurserError INDEX_UNAVAILABLE
 */
export const ownTimeZone = (db: ScopedDb, request: RequestContext): Promise<string | undefined> =>
  loaderFor(request, 'time zone of the organisation', async (asked: readonly 'OWN'[]) => {
    const [row] = await askIndex(() => db.read(request.scope, statement));
    return asked.map(() => row?.time_zone);
  }).load('OWN');
