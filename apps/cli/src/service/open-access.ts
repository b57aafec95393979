import {
  actFor,
  type Authenticator,
  createAuthenticator,
  createKeyHasher,
  createTokenAuthenticator,
  createTokenVerifier,
  DEFAULT_ORGANISATION,
  DEMO_KEYS,
  demoKeyOf,
  ensureDemoKeys,
  findKeyIn,
  type KeyHasher,
  membershipsOfSubject,
  type NoteRefusal,
  Refusals,
  requireOrganisation,
  takeUnitsIn,
  type TokenAuthenticator,
  UNITS_PER_MINUTE,
  watchKeys,
} from '#libs/access';
import { systemClock } from '#libs/api';
import type { Settings } from '#libs/config';
import { connectPostgres, createDatabase, inTransaction } from '#libs/database';
import type { Logger } from 'pino';
import type { ServerAccess } from '../../../server/src/ports.ts';
import type { Cleanup } from './cleanup.ts';
import type { OpenedApi } from './open-databases.ts';
import { keyPeppersOf } from './secrets-file.ts';

export interface AccessWork {
  readonly settings: Settings;
  /** What answers, and its URL for a connection that listens. */
  readonly api: OpenedApi;
  /** Of the owner of the tables, who puts the keys of the sandbox there at each start. */
  readonly ownerUrl: string | undefined;
  readonly logger: Logger;
}

/** Who is let in: by the keys of the database, in the sandbox by the demo keys too. */
export const openAccess = async (
  { settings, api, ownerUrl, logger }: AccessWork,
  cleanup: Cleanup,
): Promise<ServerAccess> => {
  // Made at the first start, so that keys which are made on the host later are hashed alike.
  const hasher = createKeyHasher(await keyPeppersOf(settings));
  const sandbox = settings.sandbox !== undefined;
  if (sandbox && ownerUrl !== undefined) await openSandboxKeys(ownerUrl, hasher, logger);
  const authenticator = createAuthenticator({
    find: findKeyIn(api.db),
    hasher,
    clock: systemClock,
    sandbox,
    ...tokensOf(settings, api),
    unitsPerMinute: settings.rateUnitsPerMinute,
  });
  await watchChanges(authenticator, api, logger, cleanup);
  return {
    authenticate: (headers) => authenticator.authenticate(headers),
    hasher,
    takeUnits: takeUnitsIn(api.db),
    onRefused: openRefusals(api, logger, cleanup),
    signIn: { service: settings.service, personal: settings.personalSignIn },
    ...(sandbox && { demoKey: demoKeyOf('ADMIN').text }),
  };
};

/** What another process changes about keys and members is heard of from then on. */
const watchChanges = async (
  authenticator: Authenticator,
  api: OpenedApi,
  logger: Logger,
  cleanup: Cleanup,
): Promise<void> => {
  const listener = connectPostgres({
    url: api.url,
    maxConnections: 1,
    applicationName: 'purser-api-keys',
  });
  const watch = watchKeys(authenticator, {
    db: api.db,
    listener,
    onError: (err) =>
      logger.warn({ err }, 'it could not be noted which keys were used, or ended ones could not be removed'),
  });
  cleanup.defer('watch of keys', async () => {
    await watch.stop();
    await listener.end({ timeout: 5 });
  });
  await watch.listening;
};

/** Nothing is asked of the identity provider before the first token comes. */
const tokensOf = ({ oidc }: Settings, { db }: OpenedApi): { readonly tokens?: TokenAuthenticator } => {
  if (oidc === undefined) return {};
  const tokens = createTokenAuthenticator({
    verifier: createTokenVerifier({ ...oidc, clock: systemClock }),
    find: (issuer, subject) => membershipsOfSubject(db, issuer, subject),
    nowMs: () => systemClock.nowMilliseconds(),
    unitsPerMinute: UNITS_PER_MINUTE,
  });
  return { tokens };
};

const NOTE_COUNTED_EVERY_MS = 60_000;

/** What is refused stands in the audit logs of those whom it concerns; what was counted, at the latest when the service stops. */
const openRefusals = ({ db }: OpenedApi, logger: Logger, cleanup: Cleanup): NoteRefusal => {
  const refusals = new Refusals({
    ...{ db, clock: systemClock },
    onError: (err) => logger.error({ err }, 'a refused credential could not be noted'),
    onMissed: (count) => logger.warn({ count }, 'more credentials were refused than the audit logs take'),
  });
  const timer = setInterval(() => void refusals.flush(), NOTE_COUNTED_EVERY_MS);
  timer.unref();
  cleanup.defer('refused credentials', async () => {
    clearInterval(timer);
    await refusals.flush({ all: true });
  });
  return (refusal) => refusals.note(refusal);
};

const openSandboxKeys = async (ownerUrl: string, hasher: KeyHasher, logger: Logger): Promise<void> => {
  const owner = createDatabase({ url: ownerUrl, maxConnections: 1 });
  try {
    const { organisationId } = await requireOrganisation(owner.db, DEFAULT_ORGANISATION);
    await inTransaction(owner.db, async (trx) => {
      await actFor(trx, organisationId);
      await ensureDemoKeys(trx, organisationId, hasher);
    });
  } finally {
    await owner.close();
  }
  const shown = DEMO_KEYS.map(({ role, text }) => `${role} ${text}`).join(', ');
  logger.info(`the sandbox takes these keys, and nothing else does: ${shown}`);
};
