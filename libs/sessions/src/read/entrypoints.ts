import { ADMIN_SELECTORS, entrypointName } from '#libs/account';
import { decodeShortString, type Felt } from '#libs/felt';
import type { SessionStatus } from './session-status.ts';

/** What the list of a session key lets it call. */
export type EntrypointScope = 'LISTED' | 'ALL_NON_ADMIN' | 'ALL' | 'NONE';

/** Whether a class refuses admin selectors from session keys; only evidence makes it one or the other. */
export type AdminGuard = 'GUARDED' | 'UNGUARDED' | 'UNVERIFIED';

export interface EntrypointEntry {
  readonly selector: Felt;
  readonly name: string | undefined;
  /** Set where the felt is readable text: a name that was stored instead of its selector. */
  readonly storedText: string | undefined;
  /** Whether the entry lets the key call anything; undefined where no evidence settles it. */
  readonly effective: boolean | undefined;
}

/** One or two letters are as likely to be part of a hash. */
const SHORTEST_TEXT = 3;

export const adminGuardOf = (known: boolean | undefined): AdminGuard => {
  if (known === undefined) return 'UNVERIFIED';
  return known ? 'GUARDED' : 'UNGUARDED';
};

/** An empty list means every selector, the admin ones excepted where the class has the guard. */
export const entrypointScope = (
  listLength: bigint,
  status: SessionStatus,
  adminGuard: AdminGuard,
): EntrypointScope => {
  if (status === 'REVOKED') return 'NONE';
  if (listLength > 0n) return 'LISTED';
  return adminGuard === 'UNGUARDED' ? 'ALL' : 'ALL_NON_ADMIN';
};

export const describeEntrypoint = (selector: Felt, adminGuard: AdminGuard): EntrypointEntry => {
  const text = decodeShortString(selector);
  const storedText = text !== undefined && text.length >= SHORTEST_TEXT ? text : undefined;
  return {
    selector,
    name: entrypointName(selector),
    storedText,
    effective: isEffective(selector, storedText, adminGuard),
  };
};

const isEffective = (
  selector: Felt,
  storedText: string | undefined,
  guard: AdminGuard,
): boolean | undefined => {
  if (storedText !== undefined) return false;
  if (!ADMIN_SELECTORS.has(selector)) return true;
  return guard === 'UNVERIFIED' ? undefined : guard === 'UNGUARDED';
};
