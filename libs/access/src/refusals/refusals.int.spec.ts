import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { Refusals } from './refusals.ts';

describe('credentials that are refused', () => {
  const database = withDatabase();

  it('are noted of one kind whatever anybody makes up of another', async () => {
    const { id: organisationId } = await database.organisation('a');
    const errors: unknown[] = [];
    let missed = 0;
    const refusals = new Refusals({
      db: database.api,
      clock: { nowMilliseconds: () => 1_000_000 },
      onError: (error) => errors.push(error),
      onMissed: (count) => (missed += count),
    });
    for (let number = 0; number < 150; number += 1)
      refusals.note({
        kind: 'TOKEN',
        code: 'TOKEN_INVALID',
        issuer: 'https://made.up',
        subject: `${number}`,
      });
    refusals.note({ kind: 'KEY', code: 'KEY_REVOKED', keyId: 'key_1', organisationId });
    await refusals.flush();
    const noted =
      await database.sql`select action, object_id from audit_entries where organisation_id = ${organisationId}`;
    expect(errors).toEqual([]);
    expect(noted).toEqual([expect.objectContaining({ action: 'KEY_REFUSED', object_id: 'key_1' })]);
    expect(missed).toBe(50);
  });
});
