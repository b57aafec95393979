import { describe, expect, it } from '@jest/globals';
import { encodeShortString, selectorOf, toFelt } from '#libs/felt';
import { adminGuardOf, describeEntrypoint, entrypointScope } from './entrypoints.ts';

describe('the entry points of a session key', () => {
  it('reads an empty list as everything that is not admin, never as nothing', () => {
    expect(entrypointScope(0n, 'ACTIVE', 'GUARDED')).toBe('ALL_NON_ADMIN');
    expect(entrypointScope(0n, 'ACTIVE', 'UNVERIFIED')).toBe('ALL_NON_ADMIN');
    expect(entrypointScope(0n, 'ACTIVE', 'UNGUARDED')).toBe('ALL');
    expect(entrypointScope(1n, 'EXPIRED', 'UNGUARDED')).toBe('LISTED');
    expect(entrypointScope(0n, 'REVOKED', 'GUARDED')).toBe('NONE');
  });

  it('names known selectors and leaves others without a name', () => {
    expect(describeEntrypoint(selectorOf('transfer'), 'GUARDED')).toMatchObject({
      name: 'transfer',
      effective: true,
    });
    expect(describeEntrypoint(selectorOf('no_such_entry_point'), 'GUARDED').name).toBeUndefined();
  });

  it('says of a name that was stored in place of its selector that it allows nothing', () => {
    const entry = describeEntrypoint(encodeShortString('transfer'), 'GUARDED');
    expect(entry).toMatchObject({ storedText: 'transfer', effective: false });
    expect(describeEntrypoint(toFelt(0x4142), 'GUARDED').storedText).toBeUndefined();
  });

  it('leaves an admin selector open where nobody has shown whether the class guards it', () => {
    const upgrade = selectorOf('upgrade');
    expect(describeEntrypoint(upgrade, adminGuardOf(true)).effective).toBe(false);
    expect(describeEntrypoint(upgrade, adminGuardOf(false)).effective).toBe(true);
    expect(describeEntrypoint(upgrade, adminGuardOf(undefined)).effective).toBeUndefined();
  });
});
