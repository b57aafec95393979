import {
  actFor,
  type Authenticator,
  createAuthenticator,
  createKey,
  createKeyHasher,
  findKeyIn,
  type KeyHasher,
  type KeyRequest,
  type NoteRefusal,
  Refusals,
  type TakeUnits,
  takeUnitsIn,
  type TokenAuthenticator,
} from '#libs/access';
import { type Clock, type Role, systemClock } from '#libs/api';
import { inTransaction } from '#libs/database';
import type { TestDatabase } from './with-database.ts';

export interface TestAccess {
  readonly authenticator: Authenticator;
  readonly authenticate: Authenticator['authenticate'];
  readonly hasher: KeyHasher;
  /** What was refused, in the audit logs: `flush` waits for it. */
  readonly refusals: Refusals;
  readonly onRefused: NoteRefusal;
  /** What kept a refusal from the log, and how many were too many. */
  readonly unnoted: unknown[];
  /** By the clock of the options, or that of the database. */
  readonly takeUnits: TakeUnits;
  /** A key of the first organisation with that role, made when it is first asked for. */
  keyOf(role: Role): Promise<string>;
  /** Makes a key. */
  makeKey(
    organisationId: number,
    request: Partial<KeyRequest>,
  ): Promise<{ readonly keyId: string; readonly text: string }>;
}

export interface TestAccessOptions {
  readonly sandbox?: boolean;
  readonly clock?: Clock;
  /** What a key may ask, where nothing else is said of it. Left out: more than any spec asks. */
  readonly unitsPerMinute?: number;
  /** Tokens of an identity provider, where they are taken. */
  readonly tokens?: TokenAuthenticator;
}

/** As in KEY_PEPPER of the environment that a TestDatabase has for processes. */
const TEST_PEPPER = Buffer.alloc(32, 'pepper of specs');
export const TEST_HASHER = createKeyHasher([TEST_PEPPER]);

const PLENTY = 1_000_000_000;

/** Who is let in by the keys of a database, as in a service. */
export const testAccess = (database: TestDatabase, options: TestAccessOptions = {}): TestAccess => {
  const keys = new Map<Role, Promise<string>>();
  const unnoted: unknown[] = [];
  const refusals = new Refusals({
    get db() {
      return database.api;
    },
    clock: options.clock ?? systemClock,
    onError: (error) => void unnoted.push(error),
    onMissed: (count) => void unnoted.push(count),
  });
  const onRefused: NoteRefusal = (refusal) => refusals.note(refusal);
  const authenticator = createAuthenticator({
    find: (keyId) => findKeyIn(database.api)(keyId),
    hasher: TEST_HASHER,
    clock: options.clock ?? systemClock,
    sandbox: options.sandbox ?? false,
    unitsPerMinute: options.unitsPerMinute ?? PLENTY,
    ...(options.tokens && { tokens: options.tokens }),
  });
  const makeKey: TestAccess['makeKey'] = (organisationId, request) =>
    inTransaction(database.db, async (trx) => {
      await actFor(trx, organisationId);
      const work = { trx, organisationId, actor: { kind: 'HOST', id: 'spec', name: 'spec' } as const };
      const all = { name: 'of a spec', role: 'ADMIN', scope: undefined, expiresAt: undefined } as const;
      return await createKey(work, TEST_HASHER, { ...all, ...request });
    });
  return {
    authenticator,
    authenticate: (headers) => authenticator.authenticate(headers),
    hasher: TEST_HASHER,
    ...{ refusals, onRefused, unnoted },
    takeUnits: (request) => takeUnitsIn(database.api, options.clock)(request),
    makeKey,
    keyOf: (role) => {
      const made = keys.get(role) ?? makeKey(1, { role, name: role.toLowerCase() }).then(({ text }) => text);
      keys.set(role, made);
      return made;
    },
  };
};
