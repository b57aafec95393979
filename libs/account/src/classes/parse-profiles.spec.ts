import { describe, expect, it } from '@jest/globals';
import { AccountError } from '../account.error.ts';
import { rulesOf } from './class-profile.ts';
import { parseProfiles } from './parse-profiles.ts';

const faultsOf = (json: unknown): readonly string[] => {
  try {
    parseProfiles(json);
  } catch (error) {
    if (error instanceof AccountError && error.code === 'INVALID_PROFILES') return error.faults;
    throw error;
  }
  return [];
};
const profile = { classHash: '0x1', name: 'one' };

describe('class profiles', () => {
  it('are read with their evidence; a rule left out is unverified', () => {
    const windowRule = { value: { anchor: 'SETTING', resets: 'AT_END' }, evidence: 'measured' };
    const [parsed] = parseProfiles({ profiles: [{ ...profile, windowRule }] });
    expect(parsed).toEqual({ classHash: 1n, name: 'one', windowRule });
    expect(rulesOf(parsed)).toEqual({
      windowRule: windowRule.value,
      adminGuard: undefined,
      selfCallGuard: undefined,
    });
    expect(rulesOf(undefined)).toEqual({
      windowRule: undefined,
      adminGuard: undefined,
      selfCallGuard: undefined,
    });
  });

  it('keep a rule that is false: the guard is shown to be absent', () => {
    const adminGuard = { value: false, evidence: 'source of the class' };
    expect(rulesOf(parseProfiles({ profiles: [{ ...profile, adminGuard }] })[0]).adminGuard).toBe(false);
  });

  it('are refused with every fault at once', () => {
    const faults = faultsOf({
      profiles: [
        { classHash: 'x', name: '' },
        { ...profile, adminGuard: { value: true } },
        { ...profile, windowRule: { value: { anchor: 'SOMETIMES', resets: 'AT_END' }, evidence: 'a' } },
        {
          classHash: '0x2',
          name: 'two',
          colour: 'red',
          selfCallGuard: { value: 'ALWAYS', evidence: 'b', note: 1 },
        },
        'three',
        { classHash: '0x0', name: 'zero', hashModes: 'V1' },
      ],
    });
    expect(faults).toEqual([
      'profiles[0].classHash: not 0x hex and not a decimal: "x"',
      'profiles[0].name: must be a text',
      'profiles[1].adminGuard.evidence: missing; leave out a rule that nothing shows',
      'profiles[2].windowRule.value: not a value of this rule',
      'profiles[3].colour: no such rule',
      'profiles[3].selfCallGuard.note: no such member',
      'profiles[4]: must be an object',
      'profiles[5].classHash: 0 is no class',
      'profiles[5].hashModes: must be { value, evidence }',
      'profiles[2].classHash: 0x1 stands twice',
    ]);
  });

  it.each([null, [], {}, { profiles: {} }, 'text'])('are no profiles: %p', (json) =>
    expect(faultsOf(json)).toEqual(['profiles: must be a list']),
  );
});
