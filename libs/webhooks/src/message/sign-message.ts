import { createHmac } from 'node:crypto';
import { WebhookError } from '../webhook.error.ts';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** The bytes of a `whsec_` secret. @throws WebhookError WEBHOOK_SECRET_INVALID unless 24 to 64 bytes in base64. */
export const decodeSecret = (secret: string): Buffer => {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const bytes = Buffer.from(text, 'base64');
  if (!BASE64.test(text) || bytes.length < 24 || bytes.length > 64) {
    throw new WebhookError('WEBHOOK_SECRET_INVALID', `a secret is ${PREFIX} and 24 to 64 bytes in base64`);
  }
  return bytes;
};

/**
 * The headers of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, so that a receiver can tell our
 * deliveries from others' and an old one from a new one. Each attempt is signed with its own time.
 */
export const signMessage = (
  secret: string,
  message: { readonly id: string; readonly body: string; readonly sentAtSeconds: number },
): SignedHeaders => {
  const timestamp = String(message.sentAtSeconds);
  const signature = createHmac('sha256', decodeSecret(secret))
    .update(`${message.id}.${timestamp}.${message.body}`)
    .digest('base64');
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
};
