import { ownTimeZone } from '#libs/access';
import type { RequestContext } from '#libs/api';
import type { ScopedDb } from '#libs/database';
import { type AskedPeriod, type Period, type PeriodPart, periodOf } from './period.ts';

/** Understands periods that name no zone: they are of the organisation's own. */
export class PeriodReader {
  readonly #db: ScopedDb;

  constructor(db: ScopedDb) {
    this.#db = db;
  }

  /** No statement where a zone is named. @throws PurserError PERIOD_INVALID, INDEX_UNAVAILABLE */
  async read(request: RequestContext, asked: AskedPeriod, part?: PeriodPart): Promise<Period> {
    const timeZone = asked.timeZone ?? (await ownTimeZone(this.#db, request));
    return periodOf({ ...asked, timeZone }, part);
  }
}
