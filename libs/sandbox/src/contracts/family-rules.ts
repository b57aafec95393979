import type { GrantRequirement, SelfCallGuard, WindowRule } from '#libs/account';

/** Where the two families of session accounts differ: the table of contracts/README.md. */
export interface FamilyRules {
  readonly windowRule: WindowRule;
  readonly adminGuard: true;
  readonly selfCallGuard: SelfCallGuard;
  readonly grantRequires: GrantRequirement;
  readonly revokeUnknownReverts: boolean;
  readonly emitsCallFailed: boolean;
}

export const SETTING_ANCHORED: FamilyRules = {
  windowRule: { anchor: 'SETTING', resets: 'AT_END' },
  adminGuard: true,
  selfCallGuard: 'WHEN_LIST_EMPTY',
  grantRequires: 'NOTHING',
  revokeUnknownReverts: false,
  emitsCallFailed: false,
};

export const SPEND_ANCHORED: FamilyRules = {
  windowRule: { anchor: 'FIRST_SPEND', resets: 'AFTER_END' },
  adminGuard: true,
  selfCallGuard: 'ALWAYS',
  grantRequires: 'NON_ZERO',
  revokeUnknownReverts: true,
  emitsCallFailed: true,
};
