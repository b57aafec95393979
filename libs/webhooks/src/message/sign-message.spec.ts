import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { WebhookError } from '../webhook.error.ts';
import { signMessage } from './sign-message.ts';

const secretOf = (bytes: Uint8Array): string => `whsec_${Buffer.from(bytes).toString('base64')}`;
const SECRET = secretOf(Buffer.alloc(32, 7));

describe('signMessage', () => {
  it('signs as the reference library of Standard Webhooks does', () => {
    const secrets = fc.uint8Array({ minLength: 24, maxLength: 64 });
    fc.assert(
      fc.property(secrets, fc.uuid(), fc.string({ unit: 'grapheme' }), (bytes, id, body) => {
        const secret = secretOf(bytes);
        const sentAtSeconds = 1_900_000_000;
        const signed = signMessage(secret, { id, body, sentAtSeconds });
        const oracle = new Webhook(secret).sign(id, new Date(sentAtSeconds * 1000), body);
        expect(signed['webhook-signature']).toBe(oracle);
      }),
    );
  });

  it('is accepted by the reference library, and refused once a byte of the body differs', () => {
    const body = '{"type":"session.calls_low"}';
    const headers = signMessage(SECRET, { id: 'alt_1', body, sentAtSeconds: Math.floor(Date.now() / 1000) });
    const receiver = new Webhook(SECRET);
    expect(receiver.verify(body, { ...headers })).toEqual({ type: 'session.calls_low' });
    expect(() => receiver.verify(`${body} `, { ...headers })).toThrow();
  });

  it.each([
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_not base64 at all, however long',
  ])('refuses the secret %p', (secret) => {
    const sign = (): unknown => signMessage(secret, { id: 'a', body: '', sentAtSeconds: 1 });
    expect(sign).toThrow(WebhookError);
    expect(sign).toThrow(/24 to 64 bytes/);
  });
});
