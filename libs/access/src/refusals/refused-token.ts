import { decodeJwt } from 'jose';
import type { AccessError } from '../access.error.ts';
import type { Headers } from '../keys/credential.ts';
import { MOST_SUBJECT_LENGTH, MOST_TOKEN_LENGTH, type VerifiedToken } from '../oidc/token-verifier.ts';
import { isPlainText } from '../text.ts';
import type { RefusedToken } from './refusal.ts';

/** Refusals of what was sent; not those of a provider that is away, or of a name that is missing. */
const NOTED: ReadonlySet<string> = new Set(['TOKEN_INVALID', 'NOT_A_MEMBER']);
const PUBLIC_ID = /^org_[0-9a-f]{32}$/;

/**
 * What can be said of a token that was refused. Of one that nobody vouches for: what it says of itself, which anybody can
 * write; what the request says beside it is not taken then.
 * @param wanted the organisation that the request named
 * @returns undefined: it does not say whose it is, or nobody is to be told
 */
export const refusedToken = (
  error: AccessError,
  token: string,
  verified: VerifiedToken | undefined,
  wanted: Headers[string],
): RefusedToken | undefined => {
  if (!NOTED.has(error.code)) return undefined;
  const whose = verified ?? claimsOf(token);
  if (whose === undefined) return undefined;
  const { issuer, subject } = whose;
  const { code, details } = error;
  const reason = details?.['reason'];
  return {
    ...{ kind: 'TOKEN', issuer, subject, code },
    ...(typeof reason === 'string' && { reason }),
    ...(verified && typeof wanted === 'string' && PUBLIC_ID.test(wanted) && { wanted }),
  };
};

const claimsOf = (token: string): { readonly issuer: string; readonly subject: string } | undefined => {
  if (token.length > MOST_TOKEN_LENGTH) return undefined;
  try {
    const { iss, sub } = decodeJwt(token);
    return isName(iss) && isName(sub) ? { issuer: iss, subject: sub } : undefined;
  } catch {
    return undefined;
  }
};

const isName = (claim: unknown): claim is string =>
  typeof claim === 'string' && claim !== '' && claim.length <= MOST_SUBJECT_LENGTH && isPlainText(claim);
