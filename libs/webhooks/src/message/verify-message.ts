import { createHmac, timingSafeEqual } from 'node:crypto';
import { decodeSecret } from './sign-message.ts';

/** Further from now than this a delivery may be one that somebody recorded and plays back. */
const TOLERANCE_SECONDS = 5 * 60;

/**
 * What a receiver does with a delivery of ours before it believes a word of it: right key, fresh, body untouched.
 * Any library for Standard Webhooks does the same.
 */
export const isAuthentic = (
  secret: string,
  message: { readonly headers: Readonly<Record<string, string | undefined>>; readonly body: string },
  nowSeconds: number,
): boolean => {
  const { headers, body } = message;
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (!/^[0-9]+$/.test(timestamp) || Math.abs(nowSeconds - Number(timestamp)) > TOLERANCE_SECONDS)
    return false;
  const expected = createHmac('sha256', decodeSecret(secret)).update(`${id}.${timestamp}.${body}`).digest();
  return (headers['webhook-signature'] ?? '').split(' ').some((part) => {
    const [version, signature = ''] = part.split(',');
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
};
