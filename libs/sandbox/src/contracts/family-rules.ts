/** Where the two families of session accounts differ: the table of contracts/README.md. */
export interface FamilyRules {
  /** `window_start` of a new policy. SETTING: the block time. FIRST_SPEND: 0 until the first counted spend. */
  readonly windowAnchor: 'SETTING' | 'FIRST_SPEND';
  /** AT_END: the window is over when now >= start + window. AFTER_END: when now > start + window. */
  readonly windowResets: 'AT_END' | 'AFTER_END';
  readonly refusesSelfCall: 'ALWAYS' | 'WHEN_LIST_EMPTY';
  /** Whether key, expiry and number of calls of a new session must not be 0. */
  readonly grantRequiresNonZero: boolean;
  readonly revokeRequiresSession: boolean;
  readonly emitsCallFailed: boolean;
}

export const SETTING_ANCHORED: FamilyRules = {
  windowAnchor: 'SETTING',
  windowResets: 'AT_END',
  refusesSelfCall: 'WHEN_LIST_EMPTY',
  grantRequiresNonZero: false,
  revokeRequiresSession: false,
  emitsCallFailed: false,
};

export const SPEND_ANCHORED: FamilyRules = {
  windowAnchor: 'FIRST_SPEND',
  windowResets: 'AFTER_END',
  refusesSelfCall: 'ALWAYS',
  grantRequiresNonZero: true,
  revokeRequiresSession: true,
  emitsCallFailed: true,
};
