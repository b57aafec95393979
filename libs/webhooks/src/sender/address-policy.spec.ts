import { describe, expect, it } from '@jest/globals';
import { isAllowedAddress } from './address-policy.ts';

describe('isAllowedAddress', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
  ])('allows the public address %p', (address) => expect(isAllowedAddress(address, 'PUBLIC')).toBe(true));

  it.each(['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])(
    'allows loopback %p only where the operator said so',
    (address) => {
      expect(isAllowedAddress(address, 'PUBLIC')).toBe(false);
      expect(isAllowedAddress(address, 'LOOPBACK')).toBe(true);
      expect(isAllowedAddress(address, 'PRIVATE')).toBe(true);
    },
  );

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fd00::1',
    '::ffff:10.0.0.1',
  ])('allows the private %p only where the operator said so', (address) => {
    expect(isAllowedAddress(address, 'PUBLIC')).toBe(false);
    expect(isAllowedAddress(address, 'LOOPBACK')).toBe(false);
    expect(isAllowedAddress(address, 'PRIVATE')).toBe(true);
  });

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    'fec0::1',
    '::7f00:1',
    '100::1',
    '',
    'localhost',
    '2130706433',
    '0x7f000001',
  ])('refuses %p in every scope', (address) => {
    for (const scope of ['PUBLIC', 'LOOPBACK', 'PRIVATE'] as const) {
      expect(isAllowedAddress(address, scope)).toBe(false);
    }
  });
});
