import { AccessError } from '../access.error.ts';
import type { RefusedAccount } from '../refusals/refusal.ts';

/** Refusals for what was signed, or for whom: not for how often, nor for a challenge that nobody knows. */
const NOTED: ReadonlySet<string> = new Set(['NOT_A_MEMBER', 'SESSION_SIGNATURE_REFUSED', 'SIGN_IN_REFUSED']);

/** What can be said of a sign-in that was refused; undefined: nobody is to be told. */
export const refusedAccount = (
  error: unknown,
  whose: Pick<RefusedAccount, 'networkId' | 'account' | 'requestId'>,
): RefusedAccount | undefined => {
  if (!(error instanceof AccessError) || !NOTED.has(error.code)) return undefined;
  const { code, details } = error;
  const reason = details?.['reason'];
  return { kind: 'ACCOUNT', ...whose, code, ...(typeof reason === 'string' && { reason }) };
};
