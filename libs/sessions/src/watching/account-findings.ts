import { byGravity, type Finding } from './finding.ts';

/** An account at one block, as far as findings ask. */
export interface WatchedAccount {
  readonly classHash: bigint | undefined;
  readonly isClassKnown: boolean;
  /** Whether its class takes a session key's signature for any hash; undefined: no evidence settles it. */
  readonly signsAnyHash: boolean | undefined;
  readonly hasUsableKeys: boolean;
  /** The block of the latest change of class; not the deployment. */
  readonly classChangedInBlock: number | undefined;
  /** The block of the latest change of the owner; not the deployment. */
  readonly ownerChangedInBlock: number | undefined;
}

/** What happened to an account as a whole, as it stands at a block. */
export const accountFindings = (account: WatchedAccount): Finding[] => {
  const { classHash, isClassKnown, classChangedInBlock, ownerChangedInBlock } = account;
  const signsOffChain = account.signsAnyHash === true && account.hasUsableKeys;
  const found: Finding[] = [];
  if (classChangedInBlock !== undefined)
    found.push({ code: 'CLASS_UPGRADED', sinceBlock: classChangedInBlock });
  if (ownerChangedInBlock !== undefined)
    found.push({ code: 'OWNER_CHANGED', sinceBlock: ownerChangedInBlock });
  if (classHash !== undefined && !isClassKnown) found.push({ code: 'CLASS_UNKNOWN' });
  if (signsOffChain) found.push({ code: 'SIGNS_OFF_CHAIN' });
  return found.sort(byGravity);
};
