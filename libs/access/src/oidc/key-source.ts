import { isLoopback } from '#libs/config';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from 'jose';
import { z } from 'zod';
import { AccessError } from '../access.error.ts';

export interface OidcSettings {
  /** As its tokens name it, to the letter. */
  readonly issuer: string;
  readonly audience: string;
  /** Absent: what the issuer's discovery document says. */
  readonly jwksUrl?: string;
}

type FoundKey = Awaited<ReturnType<ReturnType<typeof createRemoteJWKSet>>>;

/** The public keys of an issuer. */
export interface KeySource {
  /**
   * The key that a token says it was signed with.
   * @throws AccessError SIGN_IN_UNAVAILABLE; JOSEError where the issuer has no such key
   */
  find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<FoundKey>;
}

export interface KeySourceOptions {
  /** How long after a look at the keys an unknown one makes for another. Default 30 s. */
  readonly cooldownMs?: number;
  /** Default 10 minutes: a key that the issuer takes back is used no longer than this. */
  readonly keepMs?: number;
  /** Default 3 s. */
  readonly deadlineMs?: number;
}

const COOLDOWN_MS = 30_000;
const KEEP_MS = 600_000;
const DEADLINE_MS = 3_000;
/** Tokens that come in while the issuer is away do not all ask again. */
const FAILED_AGAIN_AFTER_MS = 1_000;

/** Asks the issuer for its keys when they are first needed, and again when they are old or one is new. */
export const openKeySource = (settings: OidcSettings, options: KeySourceOptions = {}): KeySource => {
  const { cooldownMs = COOLDOWN_MS, keepMs = KEEP_MS, deadlineMs = DEADLINE_MS } = options;
  const ask = fetchGently();
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const open = async () => {
    const url = settings.jwksUrl ?? (await discover(settings.issuer, ask, deadlineMs));
    return createRemoteJWKSet(new URL(url), {
      ...{ cooldownDuration: cooldownMs, cacheMaxAge: keepMs, timeoutDuration: deadlineMs },
      [customFetch]: ask,
    });
  };
  return {
    find: async (header, token) => {
      try {
        keys ??= open();
        return await (await keys)(header, token);
      } catch (error) {
        if (isAnswer(error)) throw error;
        // What could not be opened is opened anew by the next token.
        if (!(await isOpen(keys))) keys = undefined;
        throw unavailable(error);
      }
    },
  };
};

/** The issuer has told its keys, and the token's is not one of them. */
const isAnswer = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

const isOpen = async (keys: Promise<unknown> | undefined): Promise<boolean> =>
  keys !== undefined &&
  (await keys.then(
    () => true,
    () => false,
  ));

const fetchGently = (): FetchImplementation => {
  let failedAtMs = Number.NEGATIVE_INFINITY;
  return async (url, options) => {
    if (performance.now() - failedAtMs < FAILED_AGAIN_AFTER_MS) throw new Error('it failed a moment ago');
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) failedAtMs = performance.now();
      return response;
    } catch (error) {
      failedAtMs = performance.now();
      throw error;
    }
  };
};

const document = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** OpenID Connect Discovery: the document must name the very issuer, and keys only by https, except on this machine. */
const discover = async (issuer: string, ask: FetchImplementation, deadlineMs: number): Promise<string> => {
  const response = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    ...{ headers: new Headers({ accept: 'application/json' }), method: 'GET', redirect: 'manual' },
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (response.status !== 200) throw new Error(`the discovery document: status ${response.status}`);
  const { issuer: named, jwks_uri } = document.parse(await response.json());
  const { protocol, hostname } = new URL(jwks_uri);
  if (named !== issuer) throw new Error('the discovery document is of another issuer');
  if (protocol !== 'https:' && !isLoopback(hostname)) throw new Error('the keys are not told by https');
  return jwks_uri;
};

const unavailable = (cause: unknown): AccessError =>
  new AccessError('SIGN_IN_UNAVAILABLE', 'The identity provider cannot be asked for its keys.', { cause });
