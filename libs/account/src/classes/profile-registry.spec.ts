import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { feltToHex, parseFelt, toClassHash } from '#libs/felt';
import { SETTING_ANCHORED, SPEND_ANCHORED } from '../../spec/account.builder.ts';
import { rulesOf } from './class-profile.ts';
import { createProfileRegistry, SHIPPED_PROFILES } from './profile-registry.ts';

const hashOf = (text: string) => toClassHash(parseFelt(text));
const v24 = hashOf('0x70d88aa45b47d09d07ea1aa2ca975bcee78cbd2989d9fe4d28d559fc1e2931b');
const v33 = hashOf('0x0484bbd2404b3c7264bea271f7267d6d4004821ac7787a9eed7f472e79ef40d1');

const artifacts = JSON.parse(
  readFileSync(new URL('../../../../contracts/artifacts/classes.json', import.meta.url), 'utf8'),
) as Record<string, { classHash: string }>;

describe('shipped profiles', () => {
  it('name the seven known mainnet classes and our two test classes', () => {
    const names = SHIPPED_PROFILES.map((profile) => profile.name);
    expect(names.filter((name) => name.startsWith('CHIPI'))).toEqual(
      [24, 28, 29, 30, 31, 32, 33].map((n) => `CHIPI v${n}`),
    );
    expect(names).toHaveLength(9);
  });

  it('state no rule without evidence, and none that nothing shows', () => {
    const registry = createProfileRegistry();
    expect(rulesOf(registry.find(v24))).toEqual({
      windowRule: undefined,
      adminGuard: undefined,
      selfCallGuard: undefined,
    });
    expect(rulesOf(registry.find(v33))).toMatchObject({
      windowRule: SETTING_ANCHORED,
      adminGuard: undefined,
    });
  });

  it.each([
    ['session_account_setting', SETTING_ANCHORED, 'WHEN_LIST_EMPTY'],
    ['session_account_spend', SPEND_ANCHORED, 'ALWAYS'],
  ])('know our class %s by the hash it was built with', (name, windowRule, selfCallGuard) => {
    const classHash = artifacts[name]?.classHash ?? '';
    const profile = createProfileRegistry().find(hashOf(classHash));
    expect(profile).toBeDefined();
    expect(feltToHex(profile!.classHash)).toBe(classHash);
    expect(rulesOf(profile)).toEqual({ windowRule, adminGuard: true, selfCallGuard });
  });
});

describe('profile registry', () => {
  const evidence = 'measured by the operator';

  it('puts what the operator states over what is shipped, rule by rule', () => {
    const registry = createProfileRegistry([
      { classHash: v33, name: 'ours', adminGuard: { value: true, evidence } },
      { classHash: hashOf('0x99'), name: 'new', selfCallGuard: { value: 'NONE', evidence } },
    ]);
    expect(rulesOf(registry.find(v33))).toMatchObject({ windowRule: SETTING_ANCHORED, adminGuard: true });
    expect(registry.find(v33)?.name).toBe('ours');
    expect(registry.find(hashOf('0x99'))?.selfCallGuard?.evidence).toBe(evidence);
    expect(registry.list()).toHaveLength(SHIPPED_PROFILES.length + 1);
  });

  it('knows nothing of a class nobody described', () =>
    expect(createProfileRegistry().find(hashOf('0x1234'))).toBeUndefined());
});
