import { type SpendingPolicy, windowEndOverflows } from '#libs/account';
import type { Address } from '#libs/felt';
import type { Finding } from './finding.ts';

/** A spending policy at one block, as far as findings ask. */
export interface WatchedPolicy {
  readonly token: Address;
  readonly policy: SpendingPolicy;
  readonly lifecycle: 'SET' | 'REMOVED';
  /** The block in which it was set or removed last; undefined where that is not known. */
  readonly lifecycleBlock: number | undefined;
}

/**
 * What is wrong with a policy that was set. One that was removed is judged by its absence.
 * @param grantedInBlock of the key's grant in force: a policy set before it was inherited, spent amount and all.
 */
export const policyFindings = (
  { token, policy, lifecycle, lifecycleBlock }: WatchedPolicy,
  grantedInBlock: number | undefined,
): Finding[] => {
  if (lifecycle === 'REMOVED') return [];
  const found: Finding[] = [];
  const note = (code: Finding['code']): void => {
    found.push({ code, token, ...(lifecycleBlock !== undefined && { sinceBlock: lifecycleBlock }) });
  };
  if (policy.maxPerWindow === 0n) note('ZERO_WINDOW');
  else {
    if (windowEndOverflows(policy)) note('WINDOW_OVERFLOWS');
    if (policy.maxPerCall === 0n) note('BLOCKS_EVERY_CALL');
    if (policy.maxPerCall > policy.maxPerWindow) note('CAP_ABOVE_WINDOW');
  }
  const isOlder =
    lifecycleBlock !== undefined && grantedInBlock !== undefined && lifecycleBlock < grantedInBlock;
  if (isOlder) note('POLICY_INHERITED');
  return found;
};
