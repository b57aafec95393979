import type { PurserErrorCode } from '#libs/api';

/** What was refused, in the words of the audit log. */
export type RefusedAction = 'KEY_REFUSED' | 'TOKEN_REFUSED' | 'SIGN_IN_REFUSED';

const ACTIONS: Readonly<Partial<Record<PurserErrorCode, RefusedAction>>> = {
  UNAUTHENTICATED: 'KEY_REFUSED',
  KEY_MALFORMED: 'KEY_REFUSED',
  KEY_UNKNOWN: 'KEY_REFUSED',
  KEY_EXPIRED: 'KEY_REFUSED',
  KEY_REVOKED: 'KEY_REFUSED',
  TOKEN_INVALID: 'TOKEN_REFUSED',
  NOT_A_MEMBER: 'TOKEN_REFUSED',
};

/**
 * What the error says of the credential of a request, whether it tells whose it is or not. Undefined: nothing, as where the provider is
 * away, or where the name of an organisation is missing.
 */
export const actionOfCredential = (code: PurserErrorCode): RefusedAction | undefined => ACTIONS[code];
