import type { Principal } from '#libs/api';
import { AccessError } from '../access.error.ts';
import type { Headers } from '../keys/credential.ts';
import type { Membership } from '../members/memberships.repository.ts';
import { rightsOf } from '../policy/roles.ts';
import { refusedToken } from '../refusals/refused-token.ts';
import { MembershipCache } from './membership-cache.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

/** Reads where a subject is a member. */
export type FindMemberships = (issuer: string, subject: string) => Promise<readonly Membership[]>;

export interface TokenAuthenticatorOptions {
  readonly verifier: TokenVerifier;
  readonly find: FindMemberships;
  readonly nowMs: () => number;
  readonly unitsPerMinute: number;
}

/** Tells who sends a bearer token of the identity provider. */
export interface TokenAuthenticator {
  /** @throws AccessError TOKEN_INVALID, SIGN_IN_UNAVAILABLE, NOT_A_MEMBER, ORGANISATION_REQUIRED */
  authenticate(token: string, headers: Headers): Promise<Principal>;
  /** A member changed: the next request looks anew. */
  forget(memberId: string): void;
  /** Changes may have been missed. */
  clear(): void;
}

/** Names one of several organisations of a subject. */
export const ORGANISATION_HEADER = 'x-purser-organisation';
const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/;

/** Whether a credential is to be looked at as a token: three parts in base64url. */
export const looksLikeToken = (credential: string): boolean => FORM.test(credential);

export const createTokenAuthenticator = ({
  verifier,
  find,
  nowMs,
  unitsPerMinute,
}: TokenAuthenticatorOptions): TokenAuthenticator => {
  const cache = new MembershipCache({ find, nowMs });
  const admit = async (verified: VerifiedToken, wanted: Headers[string]): Promise<Principal> => {
    const memberships = await cache.get(verified.issuer, verified.subject);
    const membership = pick(
      memberships.filter(({ isDisabled }) => !isDisabled),
      wanted,
    );
    return principalOf(membership, verified, unitsPerMinute);
  };
  return {
    authenticate: async (token, headers) => {
      const wanted = headers[ORGANISATION_HEADER];
      let verified: VerifiedToken | undefined;
      try {
        verified = await verifier.verify(token);
        return await admit(verified, wanted);
      } catch (error) {
        if (error instanceof AccessError) error.refusal = refusedToken(error, token, verified, wanted);
        throw error;
      }
    },
    forget: (memberId) => cache.forget(memberId),
    clear: () => cache.clear(),
  };
};

const pick = (memberships: readonly Membership[], wanted: Headers[string]): Membership => {
  const named =
    wanted === undefined
      ? memberships
      : memberships.filter(({ organisation }) => organisation.publicId === wanted);
  const [membership, ...others] = named;
  if (membership === undefined)
    throw new AccessError('NOT_A_MEMBER', 'The subject of the token is no member of the organisation.');
  if (others.length === 0) return membership;
  const organisations = memberships.map(({ organisation: { publicId, name } }) => ({ id: publicId, name }));
  throw new AccessError(
    'ORGANISATION_REQUIRED',
    `Several organisations are yours: name one by the header ${ORGANISATION_HEADER}.`,
    { details: { organisations } },
  );
};

const principalOf = (
  { organisation, memberId, name, role, scope }: Membership,
  { validUntilMs }: VerifiedToken,
  unitsPerMinute: number,
): Principal => ({
  kind: 'OIDC',
  id: memberId,
  name,
  organisation,
  role,
  rights: rightsOf(role, organisation.kind, scope !== undefined),
  scope: { organisationId: organisation.id, ...(scope !== undefined && { only: scope }) },
  validUntilMs,
  unitsPerMinute,
});
