import { AccessError } from '../access.error.ts';

/** Headers as node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const BEARER = /^Bearer +([^\s,]+)$/i;

/**
 * The one credential of a request; undefined where there is none. Never out of the URL, the body or a cookie.
 * @throws AccessError UNAUTHENTICATED for another scheme, an empty one, or two that differ.
 */
export const credentialOf = (headers: Headers): string | undefined => {
  const authorization = headers['authorization'];
  const apiKey = headers['x-api-key'];
  const bearer = authorization === undefined ? undefined : bearerOf(authorization);
  if (apiKey === undefined) return bearer;
  if (typeof apiKey !== 'string' || apiKey === '' || (bearer !== undefined && bearer !== apiKey)) {
    throw new AccessError(
      'UNAUTHENTICATED',
      'Give one credential, by Authorization: Bearer or by x-api-key.',
    );
  }
  return apiKey;
};

const bearerOf = (authorization: string | readonly string[]): string => {
  const [, credential] = (typeof authorization === 'string' ? BEARER.exec(authorization) : null) ?? [];
  if (credential !== undefined) return credential;
  throw new AccessError('UNAUTHENTICATED', 'The Authorization header must be: Bearer, and an API key.');
};
