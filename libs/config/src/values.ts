import { isIP } from 'node:net';
import { z } from 'zod';
import { addressText } from './parsers.ts';

/** Schemas of single values that only one setting has. None repeats the text in its message. */

export const watchEntry = z.string().transform((entry, context) => {
  const colon = entry.indexOf(':');
  const parsed = addressText.safeParse(entry.slice(colon + 1));
  if (!parsed.success) {
    context.addIssue('each entry is an address, or network:address');
    return z.NEVER;
  }
  return { address: parsed.data, ...(colon > 0 && { network: entry.slice(0, colon) }) };
});

export const webhookSecret = z
  .string()
  .refine(
    (secret) =>
      /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) && byteLength(secret) >= 24 && byteLength(secret) <= 64,
    'whsec_ and 24 to 64 bytes in base64',
  );

const byteLength = (secret: string): number => Buffer.from(secret.slice('whsec_'.length), 'base64').length;

export const pepper = z
  .string()
  .refine(
    (secret) => /^[A-Za-z0-9+/]+={0,2}$/.test(secret) && Buffer.from(secret, 'base64').length >= 32,
    'each is 32 bytes or more in base64',
  );

export const origin = z
  .string()
  .refine(
    (site) => URL.canParse(site) && new URL(site).origin === site && /^https?:/.test(site),
    'each is an origin: https://, a name, perhaps a port, and nothing behind',
  );

export const hostName = z
  .string()
  .transform((name) => name.toLowerCase())
  .refine(
    (name) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) || isIP(name) === 6,
    'each is a name or an address, without scheme and port',
  );
