import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase, withLogins } from '#libs/testing';
import { createScopedDatabase, NO_ORGANISATION, type ScopedConnection, type ScopedDb } from '../index.ts';

const HASH = Buffer.alloc(32, 7);

describe('keys, members and audit entries', () => {
  const database = withDatabase();
  const logins = withLogins(database);
  let connection: ScopedConnection;
  let db: ScopedDb;
  let other: number;

  const key = (keyId: string, more: object = {}) => ({
    key_id: keyId,
    organisation_id: 1,
    kind: 'LIVE' as const,
    name: 'finance',
    role: 'FINANCE' as const,
    hash: HASH,
    pepper_id: 'p1',
    created_by: 'host',
    ...more,
  });
  const find = (keyId: string) =>
    db.read(NO_ORGANISATION, sql<Record<string, unknown>>`select * from find_api_key(${keyId})`);
  const append = (organisationId: number | null, objectId: string) =>
    db.transact({ organisationId }, async (trx) => {
      const { rows } = await sql<{ place: number }>`
        select audit_append('KEY', 'k1', 'finance', 'KEY_CREATED', 'API_KEY', ${objectId}::text, null,
          '{"b": 1, "a": "x"}'::jsonb, null) as place`.execute(trx);
      return rows[0]?.place;
    });

  beforeAll(async () => {
    connection = createScopedDatabase({ url: await logins.create() });
    db = connection.db;
    const row = await database.db
      .insertInto('organisations')
      .values({ name: 'other' })
      .returning('organisation_id')
      .executeTakeFirstOrThrow();
    other = row.organisation_id;
  });

  afterAll(() => connection.close());

  it('finds a key by its id before anybody is known, and tells its hash in no other way', async () => {
    await db.transact({ organisationId: 1 }, (trx) =>
      trx.insertInto('api_keys').values(key('aaaaaaaaaaaa')).execute(),
    );
    expect(await find('aaaaaaaaaaaa')).toEqual([
      expect.objectContaining({
        organisation_id: 1,
        role: 'FINANCE',
        hash: HASH,
        revoked_at: null,
        member_id: null,
      }),
    ]);
    expect(await find('aaaaaaaaaaab')).toEqual([]);
    const { build } = db;
    const ids = (organisationId: number) =>
      db.read({ organisationId }, build.selectFrom('api_keys').select('key_id'));
    expect([await ids(1), await ids(other)]).toEqual([[{ key_id: 'aaaaaaaaaaaa' }], []]);
    const hashes = db.read({ organisationId: 1 }, build.selectFrom('api_keys').select('hash'));
    await expect(hashes).rejects.toThrow('permission denied');
    const returned = db.transact({ organisationId: 1 }, (trx) =>
      trx.insertInto('api_keys').values(key('aaaaaaaaaaac')).returning('hash').execute(),
    );
    await expect(returned).rejects.toThrow('permission denied');
  });

  it('makes no key for another organisation, and changes none of it', async () => {
    const insert = db.transact({ organisationId: other }, (trx) =>
      trx.insertInto('api_keys').values(key('bbbbbbbbbbbb')).execute(),
    );
    await expect(insert).rejects.toThrow('row-level security');
    const revoke = await db.transact({ organisationId: other }, (trx) =>
      trx
        .updateTable('api_keys')
        .set({ revoked_at: new Date() })
        .where('key_id', '=', 'aaaaaaaaaaaa')
        .executeTakeFirst(),
    );
    expect(revoke.numUpdatedRows).toBe(0n);
  });

  it('gives a key of a member the role and the scope that the member has now', async () => {
    const member = await database.db
      .insertInto('members')
      .values({
        organisation_id: 1,
        name: 'Ada',
        role: 'AUDITOR',
        issuer: 'https://id',
        subject: 's',
        scope_labels: ['eu'],
      })
      .returning('member_id')
      .executeTakeFirstOrThrow();
    const row = key('cccccccccccc', { kind: 'SIGN_IN', member_id: member.member_id, scope_labels: ['old'] });
    await database.db.insertInto('api_keys').values(row).execute();
    const found = { role: 'AUDITOR', scope_labels: ['eu'], scope_accounts: null, member_name: 'Ada' };
    expect(await find('cccccccccccc')).toEqual([expect.objectContaining(found)]);
  });

  it('notes the use of keys to the minute', async () => {
    const used = async () => {
      await db.transact(NO_ORGANISATION, (trx) =>
        sql`select touch_api_keys(${['aaaaaaaaaaaa']}::text[])`.execute(trx),
      );
      const row = await database.db
        .selectFrom('api_keys')
        .select('last_used_at')
        .where('key_id', '=', 'aaaaaaaaaaaa')
        .executeTakeFirstOrThrow();
      return row.last_used_at;
    };
    const first = await used();
    expect(first).toBeInstanceOf(Date);
    expect(await used()).toEqual(first);
  });

  it('tells every process of a key or member that changed, and not of one that was used', async () => {
    const told: string[] = [];
    const listening = await database.sql.listen('purser_access', (payload) => told.push(payload));
    await database.sql`update api_keys set last_used_at = now() where key_id = 'aaaaaaaaaaaa'`;
    await database.sql`update api_keys set revoked_at = now() where key_id = 'aaaaaaaaaaaa'`;
    const [member] = await database.sql`update members set disabled_at = now() returning member_id`;
    await database.sql`delete from api_keys where key_id = 'cccccccccccc'`;
    const expected = ['aaaaaaaaaaaa', member?.['member_id'], 'cccccccccccc'];
    while (told.length < expected.length) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(told).toEqual(expected);
    await listening.unlisten();
  });

  it('chains the entries of each organisation, also when they are added at once', async () => {
    const places = await Promise.all(['x', 'y', 'z'].map((objectId) => append(1, objectId)));
    expect(places.sort()).toEqual([1, 2, 3]);
    expect(await append(other, 'x')).toBe(1);
    const { build } = db;
    const entries = await db.read(
      { organisationId: 1 },
      build.selectFrom('audit_entries').selectAll().orderBy('sequence'),
    );
    const heads = await db.read({ organisationId: 1 }, build.selectFrom('audit_heads').selectAll());
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(entries[1]?.previous_hash).toEqual(entries[0]?.hash);
    expect(heads).toEqual([{ organisation_id: 1, sequence: 3, hash: entries[2]?.hash }]);
    const [again] = await db.read(
      { organisationId: 1 },
      sql<{ same: boolean }>`
        select bool_and(hash = audit_hash(previous_hash, organisation_id::text, sequence::text, at_text, actor_kind, actor_id,
          actor_name, action, object_kind, object_id, before_text, after_text, request_id)) as same
        from audit_entries`,
    );
    expect(again).toEqual({ same: true });
  });

  it('gives fields that run into each other another hash', async () => {
    const hash = async (...fields: (string | null)[]) => {
      const [row] = await database.sql<{ hash: string }[]>`
        select encode(audit_hash('\\x00', variadic ${fields}::text[]), 'hex') as hash`;
      return row?.hash;
    };
    const hashes = await Promise.all([
      hash('ab', 'c'),
      hash('a', 'bc'),
      hash('abc', null),
      hash('abc', ''),
      hash('abc', '-'),
    ]);
    expect(new Set(hashes).size).toBe(5);
  });

  it('takes no entry outside of an organisation, and lets nobody change one', async () => {
    await expect(append(null, 'x')).rejects.toThrow('no organisation is set');
    const change = (text: string) => database.sql.unsafe(text);
    await expect(change(`update audit_entries set actor_name = 'nobody'`)).rejects.toThrow('insert only');
    await expect(change('delete from audit_entries')).rejects.toThrow('insert only');
    await expect(change('truncate audit_entries')).rejects.toThrow('insert only');
    const direct = db.transact({ organisationId: 1 }, (trx) =>
      sql`update audit_heads set sequence = 0`.execute(trx),
    );
    await expect(direct).rejects.toThrow('permission denied');
  });
});
