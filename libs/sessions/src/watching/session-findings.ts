import { ADMIN_SELECTORS, COUNTED_SELECTORS, type SelfCallGuard, SELECTORS } from '#libs/account';
import type { Felt } from '#libs/felt';
import { adminGuardOf, describeEntrypoint } from '../read/entrypoints.ts';
import { byGravity, type Finding } from './finding.ts';
import { policyFindings, type WatchedPolicy } from './policy-findings.ts';

/** What is known of the rules of a class; undefined: no evidence settles it. */
export interface WatchedRules {
  readonly adminGuard: boolean | undefined;
  readonly selfCallGuard: SelfCallGuard | undefined;
}

/** A session key at one block, as far as findings ask. */
export interface WatchedSession {
  readonly isUsable: boolean;
  /** Undefined: the list is not known. */
  readonly allowedEntrypoints: readonly Felt[] | undefined;
  /** The block of the grant in force. */
  readonly grantedInBlock: number | undefined;
  /** The block of the latest revoke before that grant, if there was one. */
  readonly revokedBeforeInBlock: number | undefined;
}

/**
 * What is wrong with a session key at a block: the traps of the standard (protocol sections 4 and 5). A key that is not
 * usable has none: nothing can be done with it. What is not known gives no finding of its own but the unverified ones.
 */
export const sessionFindings = (
  session: WatchedSession,
  policies: readonly WatchedPolicy[],
  rules: WatchedRules,
): Finding[] => {
  if (!session.isUsable) return [];
  const list = session.allowedEntrypoints;
  return [
    ...(list === undefined ? [] : listFindings(list, rules)),
    ...(list === undefined ? [] : spendFindings(list, policies)),
    ...policies.flatMap((policy) => policyFindings(policy, session.grantedInBlock)),
    ...readded(session),
  ].sort(byGravity);
};

const listFindings = (list: readonly Felt[], rules: WatchedRules): Finding[] =>
  list.length === 0 ? emptyListFindings(rules) : list.flatMap((selector) => entryFindings(selector, rules));

const emptyListFindings = ({ adminGuard, selfCallGuard }: WatchedRules): Finding[] => [
  { code: 'EMPTY_LIST' },
  ...(adminGuard === false ? [{ code: 'ACCOUNT_TAKEOVER' } as const] : []),
  ...(adminGuard === undefined ? [{ code: 'ADMIN_GUARD_UNVERIFIED' } as const] : []),
  ...(selfCallGuard === 'NONE' ? [{ code: 'SELF_CALL_UNGUARDED' } as const] : []),
];

const entryFindings = (selector: Felt, { adminGuard }: WatchedRules): Finding[] => {
  const { storedText } = describeEntrypoint(selector, adminGuardOf(adminGuard));
  if (storedText !== undefined) return [{ code: 'NAME_NOT_SELECTOR', selector }];
  if (!ADMIN_SELECTORS.has(selector)) return [];
  if (adminGuard === undefined) return [{ code: 'ADMIN_GUARD_UNVERIFIED', selector }];
  return [{ code: adminGuard ? 'ADMIN_ENTRY_DEAD' : 'ACCOUNT_TAKEOVER', selector }];
};

/** Selectors that move tokens of the account and that no policy counts. */
const UNCOUNTED: readonly Felt[] = [
  SELECTORS.transfer_from,
  SELECTORS.transferFrom,
  SELECTORS.permit,
  SELECTORS.burn,
];

const spendFindings = (list: readonly Felt[], policies: readonly WatchedPolicy[]): Finding[] => {
  const maySpend = list.length === 0 || list.some((selector) => COUNTED_SELECTORS.has(selector));
  const isLimited = policies.some(({ policy }) => policy.maxPerWindow > 0n);
  const uncounted = list.filter((selector) => UNCOUNTED.includes(selector));
  return [
    ...(maySpend && !isLimited ? [{ code: 'NO_POLICY' } as const] : []),
    ...uncounted.map((selector) => ({ code: 'UNCOUNTED_SELECTOR', selector }) as const),
  ];
};

const readded = ({ revokedBeforeInBlock, grantedInBlock }: WatchedSession): Finding[] =>
  revokedBeforeInBlock === undefined
    ? []
    : [
        {
          code: 'KEY_READDED',
          ...(grantedInBlock !== undefined && { sinceBlock: grantedInBlock }),
        },
      ];
