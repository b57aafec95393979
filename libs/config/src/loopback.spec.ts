import { describe, expect, it } from '@jest/globals';
import { isLoopback, isLoopbackAuthority } from './index.ts';

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'])('knows %p', (host) =>
    expect(isLoopback(host)).toBe(true),
  );

  it.each([
    '',
    '127.0.0.999',
    '127.1',
    '127.00.0.1',
    '0.0.0.0',
    '::',
    '[::1]',
    '10.0.0.1',
    'example.test',
    '127.0.0.1.example.test',
    'localhost.example.test',
  ])('refuses %p', (host) => expect(isLoopback(host)).toBe(false));
});

describe('isLoopbackAuthority', () => {
  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1:5050', '[::1]', '[::1]:3000'])('knows %p', (authority) =>
    expect(isLoopbackAuthority(authority)).toBe(true),
  );

  it.each([
    undefined,
    '',
    '127.0.0.999:80',
    'example.test:3000',
    'localhost.example.test',
    'localhost@example.test',
    '[::2]:80',
    '[example.test]',
  ])('refuses %p', (authority) => expect(isLoopbackAuthority(authority)).toBe(false));
});
