import { describe, expect, it } from '@jest/globals';
import { testClassAbi } from '#libs/testing';
import { ownerSignatureForm } from './owner-signature.ts';

const abiOf = (...names: string[]) =>
  names.map((name) => ({ type: 'function', name, inputs: [], outputs: [] }));

describe('the form of an owner’s signature', () => {
  it.each(['session_account_setting', 'session_account_spend'])(
    'is two felts where there are session keys: %s',
    (name) => {
      expect(ownerSignatureForm(testClassAbi(name))).toBe('TWO_FELTS');
    },
  );

  it.each([
    ['add_or_update_session_key alone', ['is_valid_signature', 'add_or_update_session_key']],
    ['sessions by another name', ['is_valid_signature', 'registerSession']],
  ])('is two felts for %s', (_what, names) => {
    expect(ownerSignatureForm(abiOf(...names))).toBe('TWO_FELTS');
  });

  it('is any where there are none', () => {
    expect(ownerSignatureForm(abiOf('is_valid_signature', 'get_guardian'))).toBe('ANY');
    expect(ownerSignatureForm(JSON.stringify(abiOf('isValidSignature')))).toBe('ANY');
  });

  it.each<[string, unknown]>([
    ['no ABI', undefined],
    ['one that is none', '{'],
    ['a class that checks no signatures', abiOf('transfer')],
    ['a proxy', abiOf('__default__', 'is_valid_signature')],
  ])('is none for %s', (_what, abi) => {
    expect(ownerSignatureForm(abi)).toBe('NONE');
  });
});
