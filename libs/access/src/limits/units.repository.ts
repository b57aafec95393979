import { type Clock } from '#libs/api';
import { NO_ORGANISATION, type ScopedDb } from '#libs/database';
import { sql } from 'kysely';
import { type TakeUnits, type UnitGrant } from './take-units.ts';

/**
 * Units that all processes on one database give together.
 * @param clock for specs. Absent: the time of the database, which is the same for every process.
 * @throws DatabaseError when the database does not answer: nothing was given, as far as the caller may know
 */
export const takeUnitsIn =
  (db: ScopedDb, clock?: Clock): TakeUnits =>
  ({ principal, perMinute, cost, wanted, held }) =>
    db.transact(NO_ORGANISATION, async (trx) => {
      const at = clock === undefined ? null : new Date(clock.nowMilliseconds());
      const { rows } = await sql<UnitGrant>`
        select granted, remaining from take_units(${principal}::text, ${perMinute}::integer, ${cost}::double precision,
          ${wanted}::double precision, ${held}::double precision, ${at}::timestamptz)`.execute(trx);
      const [grant] = rows;
      if (grant === undefined) throw new Error('take_units answered no row');
      return grant;
    });
