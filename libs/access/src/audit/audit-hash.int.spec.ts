import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withDatabase } from '#libs/testing';
import { auditHash } from './audit-hash.ts';

const texts = fc
  .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(':', ';', '-', '1', 'é', '💰') }))
  .map((text) => text.replaceAll('\0', '').toWellFormed());

describe('the hash of an audit entry', () => {
  const database = withDatabase();

  it('is the one that the database computes, whatever the texts', async () => {
    const fields = fc.array(fc.option(texts), { minLength: 1, maxLength: 12 });
    const previous = fc.uint8Array({ minLength: 1, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(previous, fields, async (before, list) => {
        const [row] = await database.sql<{ hash: Buffer }[]>`
          select audit_hash(${Buffer.from(before)}, variadic ${list}::text[]) as hash`;
        expect(Buffer.from(auditHash(before, list)).toString('hex')).toBe(row?.hash.toString('hex'));
      }),
      { numRuns: 200 },
    );
  });
});
