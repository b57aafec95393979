import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { isAuthentic } from './verify-message.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const NOW = 1_900_000_000;
const body = '{"a":1}';

const headersOf = (secret: string, seconds = NOW): Record<string, string> => ({
  'webhook-id': 'alt_1',
  'webhook-timestamp': String(seconds),
  'webhook-signature': new Webhook(secret).sign('alt_1', new Date(seconds * 1000), body),
});

describe('isAuthentic', () => {
  it('accepts what the reference library of Standard Webhooks signed', () => {
    expect(isAuthentic(SECRET, { headers: headersOf(SECRET), body }, NOW + 60)).toBe(true);
  });

  it('accepts one good signature among several, as during a change of keys', () => {
    const signatures = [headersOf(OTHER), headersOf(SECRET)].map((headers) => headers['webhook-signature']);
    const headers = { ...headersOf(SECRET), 'webhook-signature': signatures.join(' ') };
    expect(isAuthentic(SECRET, { headers, body }, NOW)).toBe(true);
  });

  it.each([
    ['another key', { headers: headersOf(OTHER), body }],
    ['another body', { headers: headersOf(SECRET), body: `${body} ` }],
    ['another id', { headers: { ...headersOf(SECRET), 'webhook-id': 'alt_2' }, body }],
    ['another time', { headers: { ...headersOf(SECRET), 'webhook-timestamp': String(NOW + 1) }, body }],
    ['an old delivery', { headers: headersOf(SECRET, NOW - 301), body }],
    ['a delivery from the future', { headers: headersOf(SECRET, NOW + 301), body }],
    ['no headers', { headers: {}, body }],
    ['an empty signature', { headers: { ...headersOf(SECRET), 'webhook-signature': 'v1,' }, body }],
  ])('refuses %s', (_, message) => expect(isAuthentic(SECRET, message, NOW)).toBe(false));
});
