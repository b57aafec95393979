import { describe, expect, it } from '@jest/globals';
import { accountFindings } from './account-findings.ts';

const quiet = {
  classHash: 0xc1n,
  isClassKnown: true,
  signsAnyHash: false,
  hasUsableKeys: true,
  classChangedInBlock: undefined,
  ownerChangedInBlock: undefined,
};

describe('findings on an account', () => {
  it('are none where nothing changed and its rules are known', () => {
    expect(accountFindings(quiet)).toEqual([]);
  });

  it('name the block of an upgrade and of a change of owner, before a class that is not known', () => {
    const changed = { ...quiet, isClassKnown: false, classChangedInBlock: 7, ownerChangedInBlock: 9 };
    expect(accountFindings(changed)).toEqual([
      { code: 'CLASS_UPGRADED', sinceBlock: 7 },
      { code: 'OWNER_CHANGED', sinceBlock: 9 },
      { code: 'CLASS_UNKNOWN' },
    ]);
  });

  it('tell that any hash can be signed by a session key, while one is usable', () => {
    const signs = { ...quiet, signsAnyHash: true };
    expect(accountFindings(signs)).toEqual([{ code: 'SIGNS_OFF_CHAIN' }]);
    expect(accountFindings({ ...signs, hasUsableKeys: false })).toEqual([]);
    expect(accountFindings({ ...quiet, signsAnyHash: undefined })).toEqual([]);
  });

  it('do not call the class of an account unknown that has none yet', () => {
    expect(accountFindings({ ...quiet, classHash: undefined, isClassKnown: false })).toEqual([]);
  });
});
