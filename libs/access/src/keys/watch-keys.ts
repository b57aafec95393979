import { NO_ORGANISATION, type ScopedDb, type Sql } from '#libs/database';
import type { Authenticator } from './authenticate.ts';
import { removeEndedSignIns, touchKeys } from './keys.repository.ts';

export interface KeyWatch {
  /** Forgets at once what another process changes, from then on. Rejects while the database does not answer. */
  readonly listening: Promise<void>;
  /** Notes the last uses and ends. The client is closed by whoever opened it. */
  stop(): Promise<void>;
}

const CHANNEL = 'purser_access';
const TOUCH_EVERY_MS = 60_000;
/** More than sign-ins can make in a minute, and little enough to hold up nobody. */
const REMOVED_AT_ONCE = 500;

/**
 * Keeps admission and the database at one: keys that are revoked elsewhere are forgotten at once, and once a minute it is noted
 * which keys were used, and keys of sign-ins that ended long ago are removed. A client that lost its connection may have missed something: everything is forgotten then.
 */
export const watchKeys = (
  authenticator: Authenticator,
  {
    db,
    listener,
    onError,
  }: { readonly db: ScopedDb; readonly listener: Sql; readonly onError: (error: unknown) => void },
): KeyWatch => {
  const touch = async (): Promise<void> => {
    const used = authenticator.takeUsed();
    if (used.length > 0) await touchKeys(db, used).catch(onError);
  };
  const tidy = async (): Promise<void> => {
    await db.transact(NO_ORGANISATION, (trx) => removeEndedSignIns(trx, REMOVED_AT_ONCE)).catch(onError);
  };
  let tidying = tidy();
  const timer = setInterval(() => {
    tidying = touch().then(tidy);
  }, TOUCH_EVERY_MS);
  timer.unref();
  const listening = listener.listen(
    CHANNEL,
    (id) => authenticator.forget(id),
    () => authenticator.forgetAll(),
  );
  return {
    listening: listening.then(() => undefined),
    stop: async () => {
      clearInterval(timer);
      await tidying;
      await touch();
    },
  };
};
