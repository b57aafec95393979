import type { Clock } from '#libs/api';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { AccessError } from '../access.error.ts';
import { isPlainText } from '../text.ts';
import { type KeySource, openKeySource, type OidcSettings } from './key-source.ts';

/** Who a token speaks of, as its issuer names him. */
export interface VerifiedToken {
  readonly issuer: string;
  readonly subject: string;
  /** Unix milliseconds from which on it is refused. */
  readonly validUntilMs: number;
}

export interface TokenVerifier {
  /** @throws AccessError TOKEN_INVALID; SIGN_IN_UNAVAILABLE (retryable) while the keys of the issuer cannot be had */
  verify(token: string): Promise<VerifiedToken>;
}

/** Signatures with a key pair only. With a shared secret (HS256) a public key could be taken for one; `none` is none. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
/** Clocks of two machines differ. */
const TOLERANCE_SECONDS = 60;
export const MOST_TOKEN_LENGTH = 16_384;
export const MOST_SUBJECT_LENGTH = 255;

/** Checks bearer tokens of one issuer: signature, algorithm, issuer, audience and time. */
export const createTokenVerifier = (
  settings: OidcSettings & { readonly clock: Clock },
  keys: KeySource = openKeySource(settings),
): TokenVerifier => {
  const { issuer, audience, clock } = settings;
  return {
    verify: async (token) => {
      if (token.length > MOST_TOKEN_LENGTH) throw invalid('TOO_LONG');
      try {
        const { payload } = await jwtVerify(token, (header, jws) => keys.find(header, jws), {
          ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: TOLERANCE_SECONDS },
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(clock.nowMilliseconds()),
        });
        return tokenOf(issuer, payload);
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
};

const tokenOf = (issuer: string, { sub, exp }: JWTPayload): VerifiedToken => {
  if (
    sub === undefined ||
    sub === '' ||
    sub.length > MOST_SUBJECT_LENGTH ||
    !isPlainText(sub) ||
    exp === undefined
  )
    throw invalid('SUBJECT');
  return { issuer, subject: sub, validUntilMs: (exp + TOLERANCE_SECONDS) * 1_000 };
};

const refusalOf = (error: unknown): AccessError => {
  if (error instanceof AccessError) return error;
  if (error instanceof errors.JWTExpired) return invalid('EXPIRED');
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(CLAIMS[error.claim] ?? 'CLAIM');
  if (error instanceof errors.JOSEAlgNotAllowed) return invalid('ALGORITHM');
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return invalid('KEY_UNKNOWN');
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalid('SIGNATURE');
  // What is left is about the token's form, or a key of the issuer that its algorithm does not fit.
  return invalid('MALFORMED', error);
};

const CLAIMS: Readonly<Record<string, string>> = {
  iss: 'ISSUER',
  aud: 'AUDIENCE',
  exp: 'EXPIRY',
  nbf: 'NOT_YET_VALID',
  sub: 'SUBJECT',
};

const invalid = (reason: string, cause?: unknown): AccessError =>
  new AccessError('TOKEN_INVALID', 'The bearer token is not accepted.', {
    details: { reason },
    ...(cause !== undefined && { cause }),
  });
