import { beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction, NO_ORGANISATION } from '#libs/database';
import { withDatabase } from '#libs/testing';
import { appendAudit } from '../audit/append-audit.ts';
import { verifyAudit } from '../audit/audit.repository.ts';
import { actFor } from '../organisations/organisations.repository.ts';
import { removeEndedSignIns } from './keys.repository.ts';

const ACTOR = { kind: 'HOST', id: 'spec', name: 'spec' } as const;

interface Life {
  readonly kind?: 'LIVE' | 'SIGN_IN';
  /** As PostgreSQL reads it. Default: it goes on. */
  readonly expires?: string;
  readonly revoked?: string;
}

describe('keys of sign-ins that ended', () => {
  const database = withDatabase();
  let organisation = 0;
  let made = 0;

  const makeKey = async (life: Life): Promise<string> => {
    made += 1;
    const keyId = `key${String(made).padStart(9, '0')}`;
    const { kind = 'SIGN_IN', expires = null, revoked = null } = life;
    await database.sql`
      insert into api_keys (key_id, organisation_id, kind, member_id, name, role, hash, pepper_id, created_by, expires_at, revoked_at)
      values (${keyId}, ${organisation}, ${kind}, ${kind === 'LIVE' ? null : 'mem_ada'}, 'signed in', 'ADMIN', sha256('x'), 'p',
        'MEMBER:mem_ada', now() + ${expires}::interval, now() + ${revoked}::interval)`;
    return keyId;
  };
  const remove = (most = 500) =>
    database.api.transact(NO_ORGANISATION, (trx) => removeEndedSignIns(trx, most));
  const left = async (): Promise<string[]> =>
    (await database.sql<{ key_id: string }[]>`select key_id from api_keys order by key_id`).map(
      ({ key_id }) => key_id,
    );

  beforeAll(async () => {
    organisation = (await database.organisation('signs in')).id;
    await database.sql`insert into members (organisation_id, member_id, name, role, issuer, subject)
      values (${organisation}, 'mem_ada', 'Ada', 'ADMIN', 'https://id.example', 'ada')`;
  });

  it('stay for seven days, and are gone after that; all other keys stay', async () => {
    const kept = [
      await makeKey({ expires: '8 hours' }),
      await makeKey({ expires: '-6 days -23 hours' }),
      await makeKey({ expires: '8 hours', revoked: '-6 days' }),
      await makeKey({ kind: 'LIVE', expires: '-1 year' }),
      await makeKey({ kind: 'LIVE', revoked: '-1 year' }),
      await makeKey({ kind: 'LIVE' }),
    ];
    await makeKey({ expires: '-7 days -1 minute' });
    await makeKey({ expires: '8 hours', revoked: '-8 days' });
    await makeKey({ expires: '-9 days', revoked: '-1 day' });
    expect(await remove()).toBe(3);
    expect(await left()).toEqual(kept);
    expect(await remove()).toBe(0);
  });

  it('go the oldest first, no more at once than is said, and no more than a thousand', async () => {
    const keys = await Promise.all(
      ['-10 days', '-30 days', '-20 days'].map((expires) => makeKey({ expires })),
    );
    expect(await remove(2)).toBe(2);
    expect(await left()).toContain(keys[0]);
    expect(await left()).not.toContain(keys[2]);
    expect(await remove(2)).toBe(1);
    await database.sql`
      insert into api_keys (key_id, organisation_id, kind, name, role, hash, pepper_id, created_by, expires_at)
      select 'many' || lpad(n::text, 8, '0'), ${organisation}, 'SIGN_IN', 'signed in', 'ADMIN', sha256('x'), 'p', 'x', now() - interval '8 days'
      from generate_series(1, 1005) n`;
    expect(await remove(1_000_000)).toBe(1_000);
    expect(await remove(1_000_000)).toBe(5);
  });

  it('go with the transaction, and one that another run takes is left to it', async () => {
    const key = await makeKey({ expires: '-8 days' });
    await database.api
      .transact(NO_ORGANISATION, async (trx) => {
        expect(await removeEndedSignIns(trx, 10)).toBe(1);
        expect(await remove()).toBe(0);
        throw new Error('taken back');
      })
      .catch(() => undefined);
    expect(await left()).toContain(key);
    expect(await remove()).toBe(1);
  });

  it('leave the audit log whole, which names them on', async () => {
    const key = await makeKey({ expires: '-8 days' });
    await inTransaction(database.db, async (trx) => {
      await actFor(trx, organisation);
      await appendAudit(trx, ACTOR, { action: 'SIGNED_IN', objectKind: 'API_KEY', objectId: key, after: {} });
    });
    expect(await remove()).toBe(1);
    const [entry] =
      await database.sql`select object_id from audit_entries where organisation_id = ${organisation}`;
    expect(entry?.['object_id']).toBe(key);
    const report = await inTransaction(database.db, (trx) => verifyAudit(trx, organisation));
    expect(report).toMatchObject({ entries: 1, findings: [] });
  });

  it('are found by an index', async () => {
    const plan = await database.sql.begin(async (sql) => {
      await sql`set local enable_seqscan = off`;
      return await sql`
        explain select key_id from api_keys k
        where k.kind = 'SIGN_IN' and least(k.expires_at, k.revoked_at) < now() - interval '7 days'
        order by least(k.expires_at, k.revoked_at) limit 10`;
    });
    expect(JSON.stringify(plan)).toContain('api_keys_ended_sign_ins');
    expect(JSON.stringify(plan)).not.toContain('Sort');
  });
});
