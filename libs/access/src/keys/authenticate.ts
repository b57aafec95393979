import type { Clock, Principal } from '#libs/api';
import { AccessError, type AccessErrorCode } from '../access.error.ts';
import { looksLikeToken, type TokenAuthenticator } from '../oidc/authenticate-token.ts';
import { credentialOf, type Headers } from './credential.ts';
import { type CachedKey, type FindKey, KeyCache } from './key-cache.ts';
import { parseKey } from './key-format.ts';
import type { KeyHasher } from './key-hash.ts';
import { principalOfKey } from './principal-of-key.ts';
import type { StoredKey } from './stored-key.ts';

export interface AuthenticatorOptions {
  readonly find: FindKey;
  readonly hasher: KeyHasher;
  readonly clock: Clock;
  /** Whether the demo keys are accepted: where the sandbox runs, and nowhere else. */
  readonly sandbox: boolean;
  /** For keys that say nothing else. Default 6,000. */
  readonly unitsPerMinute?: number;
  /** Absent: tokens of an identity provider are not taken. */
  readonly tokens?: TokenAuthenticator;
}

/** Tells who sends a request. */
export interface Authenticator {
  /**
   * Undefined for a request without a credential: it may ask for what is public.
   * @throws AccessError KEY_MALFORMED, KEY_UNKNOWN, KEY_EXPIRED, KEY_REVOKED or UNAUTHENTICATED (all 401); those of tokens; what
   * `find` throws when keys cannot be read.
   */
  authenticate(headers: Headers): Promise<Principal | undefined>;
  /** A key or a member changed: the next request looks anew. */
  forget(id: string): void;
  /** Changes may have been missed. */
  forgetAll(): void;
  /** Ids of keys that were accepted since the last call. */
  takeUsed(): readonly string[];
}

export const UNITS_PER_MINUTE = 6_000;

const REFUSALS: Partial<Record<AccessErrorCode, string>> = {
  KEY_MALFORMED: 'This is not an API key of Purser.',
  KEY_UNKNOWN: 'This API key is not known here.',
  KEY_EXPIRED: 'This API key is no longer valid.',
  KEY_REVOKED: 'This API key has been revoked.',
};

export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const { find, hasher, clock, sandbox, tokens, unitsPerMinute = UNITS_PER_MINUTE } = options;
  const cache = new KeyCache({ find, nowMs: () => clock.nowMilliseconds() });
  let used = new Set<string>();

  const principalOf = rememberedBy((key: StoredKey) => principalOfKey(key, unitsPerMinute));

  const admit = async (credential: string): Promise<Principal> => {
    const parsed = parseKey(credential);
    if (parsed === undefined) throw refusal('KEY_MALFORMED');
    // The demo keys stand in the README: outside of the sandbox they are not even looked for.
    if (parsed.kind === 'DEMO' && !sandbox) throw refusal('KEY_UNKNOWN');
    const found = await cache.get(parsed.keyId);
    const isRight = isRightKey(credential, found, hasher);
    if (found === undefined) throw refusal('KEY_UNKNOWN');
    const { key } = found;
    if (!isRight) throw refusalOf(key, 'KEY_UNKNOWN', 'WRONG_SECRET');
    if (key.kind !== parsed.kind) throw refusal('KEY_UNKNOWN');
    const ended = endOf(key, clock.nowMilliseconds());
    if (ended !== undefined) throw refusalOf(key, ended);
    used.add(key.keyId);
    return principalOf(key);
  };

  return {
    authenticate: async (headers) => {
      const credential = credentialOf(headers);
      if (credential === undefined) return undefined;
      const isToken = tokens !== undefined && looksLikeToken(credential);
      return await (isToken ? tokens.authenticate(credential, headers) : admit(credential));
    },
    forget: (id) => [cache, tokens].forEach((memory) => memory?.forget(id)),
    forgetAll: () => [cache, tokens].forEach((memory) => memory?.clear()),
    takeUsed: () => {
      const taken = [...used];
      used = new Set();
      return taken;
    },
  };
};

/** The same principal for the same read of a key. */
const rememberedBy = (make: (key: StoredKey) => Principal): ((key: StoredKey) => Principal) => {
  const principals = new WeakMap<StoredKey, Principal>();
  return (key) => {
    const known = principals.get(key);
    if (known !== undefined) return known;
    const made = make(key);
    principals.set(key, made);
    return made;
  };
};

/** As much work for an id that nobody knows as for a wrong secret. */
const isRightKey = (presented: string, found: CachedKey | undefined, hasher: KeyHasher): boolean =>
  found === undefined
    ? hasher.verifyNothing(presented)
    : found.isRight(presented, () => hasher.verify(presented, found.key));

/** Only who has the whole key learns that it ended. */
const endOf = (
  { revokedAt, expiresAt, member }: StoredKey,
  nowMs: number,
): 'KEY_REVOKED' | 'KEY_EXPIRED' | undefined => {
  if (revokedAt !== undefined || member?.isDisabled === true) return 'KEY_REVOKED';
  return expiresAt !== undefined && expiresAt.getTime() <= nowMs ? 'KEY_EXPIRED' : undefined;
};

/** Of a key that is there, whoever sent it. */
const refusalOf = (
  { keyId, organisation }: StoredKey,
  code: AccessErrorCode,
  reason?: string,
): AccessError => {
  const error = refusal(code);
  const organisationId = organisation.id;
  error.refusal = { kind: 'KEY', keyId, organisationId, code, ...(reason !== undefined && { reason }) };
  return error;
};

const refusal = (code: AccessErrorCode): AccessError => new AccessError(code, REFUSALS[code] ?? code);
