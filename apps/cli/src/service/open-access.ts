import {
  actFor,
  createAuthenticator,
  DEFAULT_ORGANISATION,
  DEMO_KEYS,
  demoKeyOf,
  ensureDemoKeys,
  findKeyIn,
  type KeyHasher,
  requireOrganisation,
  watchKeys,
} from '#libs/access';
import { systemClock } from '#libs/api';
import type { Settings } from '#libs/config';
import { connectPostgres, type Db, inTransaction, type ScopedDb } from '#libs/database';
import type { Logger } from 'pino';
import type { ServerAccess } from '../../../server/src/ports.ts';
import type { Cleanup } from './cleanup.ts';
import { loadKeyHasher } from './key-peppers.ts';

export interface AccessWork {
  readonly settings: Settings;
  /** What answers, and its URL for a connection that listens. */
  readonly api: { readonly db: ScopedDb; readonly url: string };
  /** Of the tables. Needed in the sandbox, whose keys are put there at each start. */
  readonly owner: Db | undefined;
  readonly logger: Logger;
}

/** Who is let in: by the keys of the database, in the sandbox by the demo keys too. */
export const openAccess = async (
  { settings, api, owner, logger }: AccessWork,
  cleanup: Cleanup,
): Promise<ServerAccess> => {
  const hasher = await loadKeyHasher(settings);
  const sandbox = settings.sandbox !== undefined;
  if (sandbox && owner !== undefined) await openSandboxKeys(owner, hasher, logger);
  const authenticator = createAuthenticator({
    find: findKeyIn(api.db),
    hasher,
    clock: systemClock,
    sandbox,
  });
  const listener = connectPostgres({ url: api.url, maxConnections: 1 });
  const watch = watchKeys(authenticator, {
    db: api.db,
    listener,
    onError: (err) => logger.warn({ err }, 'it could not be noted which keys were used'),
  });
  cleanup.defer('watch of keys', async () => {
    await watch.stop();
    await listener.end({ timeout: 5 });
  });
  await watch.listening;
  return {
    authenticate: (headers) => authenticator.authenticate(headers),
    ...(sandbox && { demoKey: demoKeyOf('ADMIN').text }),
  };
};

const openSandboxKeys = async (owner: Db, hasher: KeyHasher, logger: Logger): Promise<void> => {
  const { organisationId } = await requireOrganisation(owner, DEFAULT_ORGANISATION);
  await inTransaction(owner, async (trx) => {
    await actFor(trx, organisationId);
    await ensureDemoKeys(trx, organisationId, hasher);
  });
  const shown = DEMO_KEYS.map(({ role, text }) => `${role} ${text}`).join(', ');
  logger.info(`the sandbox takes these keys, and nothing else does: ${shown}`);
};
