import { type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressReader } from './source-address.ts';

const asked = (peer: string | undefined, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

const PROXIES = ['10.0.0.0/8', 'fd00::/8', '192.0.2.7/32'];

describe('where a request came from', () => {
  const addressOf = addressReader(PROXIES);

  it.each([
    ['who is connected, where no proxy forwards', '203.0.113.9', undefined, '203.0.113.9'],
    ['whom a trusted proxy names', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['whom a trusted proxy of IPv6 names', 'fd12::1', '2001:db8::9', '2001:db8::9'],
    ['a proxy of IPv4 on a socket of IPv6', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['past several trusted proxies', '10.1.2.3', '203.0.113.9, fd00::5, 192.0.2.7', '203.0.113.9'],
    ['not what he who asks wrote before', '10.1.2.3', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['not a trusted address that he made up', '10.1.2.3', '10.9.9.9, 203.0.113.9', '203.0.113.9'],
    ['nothing that a foreign peer says', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['nothing that a neighbour of a trusted address says', '192.0.2.8', '198.51.100.1', '192.0.2.8'],
    ['the furthest, where all are trusted', '10.1.2.3', '10.0.0.9', '10.0.0.9'],
    ['the proxy, where it wrote no address', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['the proxy, where it wrote a port too', '10.1.2.3', '203.0.113.9:4711', '10.1.2.3'],
    ['the proxy, where the header is empty', '10.1.2.3', '', '10.1.2.3'],
    ['nobody, where the connection is gone', undefined, '203.0.113.9', ''],
  ])('is %s', (_what, peer, forwarded, expected) => {
    expect(addressOf(asked(peer, forwarded))).toBe(expected);
  });

  it('is who is connected where no proxy is trusted, on this machine too', () => {
    expect(addressReader([])(asked('127.0.0.1', '203.0.113.9'))).toBe('127.0.0.1');
  });

  it('is never changed by what stands left of an untrusted address', () => {
    const ip = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(fc.array(fc.oneof(ip, fc.string()), { maxLength: 5 }), (made) => {
        const forwarded = [...made.map((text) => text.replaceAll(',', ' ')), '203.0.113.9', '10.4.4.4'].join(
          ', ',
        );
        expect(addressOf(asked('10.1.2.3', forwarded))).toBe('203.0.113.9');
        expect(addressOf(asked('203.0.113.10', forwarded))).toBe('203.0.113.10');
      }),
    );
  });
});
