import { createHash } from 'node:crypto';

/** Before the first entry of a chain. */
export const CHAIN_START: Uint8Array = Uint8Array.of(0);

/**
 * As `audit_hash` of the database: SHA-256 over the hash before and every field with its length in bytes, so that nothing can
 * move from one field to the next unseen.
 */
export const auditHash = (previous: Uint8Array, fields: readonly (string | null)[]): Uint8Array => {
  const hash = createHash('sha256').update(previous);
  for (const field of fields)
    hash.update(field === null ? '-;' : `${Buffer.byteLength(field)}:${field};`, 'utf8');
  return hash.digest();
};
