import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { migrate, requireCurrentSchema, schemaStatus, shippedMigrationsDir } from '../index.ts';

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  );

describe('migrate', () => {
  const database = withDatabase({ migrated: false });
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'purser-migrations-'));
    await cp(shippedMigrationsDir(), folder, { recursive: true });
  });

  afterEach(async () => {
    await database.sql.unsafe('drop schema public cascade; create schema public');
    await rm(folder, { recursive: true, force: true });
  });

  it('lets several processes start at once: one works, the others find nothing left to do', async () => {
    const url = database.url;
    const applied = await Promise.all([migrate({ url }), migrate({ url }), migrate({ url })]);
    const { binaryVersion } = await schemaStatus({ url });
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, binaryVersion]);
    expect(await migrate({ url })).toEqual([]);
    await expect(requireCurrentSchema({ url })).resolves.toBeUndefined();
  });

  it('goes on from the last whole migration after one failed half-way', async () => {
    const url = database.url;
    const { binaryVersion } = await schemaStatus({ url, folder });
    const broken = join(folder, `${String(binaryVersion + 1).padStart(4, '0')}_half.sql`);
    await writeFile(broken, 'create table half (id integer); select 1 / 0;');
    expect(await codeOf(migrate({ url, folder }))).toBe('MIGRATION_FAILED');
    expect((await schemaStatus({ url, folder })).databaseVersion).toBe(binaryVersion);
    expect(await database.sql`select to_regclass('half') as half`).toEqual([{ half: null }]);
    await writeFile(broken, 'create table half (id integer);');
    expect(await migrate({ url, folder })).toHaveLength(1);
  });

  it('refuses a schema that is newer than the binary, with both versions named', async () => {
    const url = database.url;
    const { binaryVersion } = await schemaStatus({ url, folder });
    await writeFile(join(folder, `${String(binaryVersion + 1).padStart(4, '0')}_future.sql`), 'select 1;');
    await migrate({ url, folder });
    for (const start of [migrate, requireCurrentSchema]) {
      await expect(start({ url })).rejects.toMatchObject({
        code: 'SCHEMA_NEWER_THAN_BINARY',
        message: expect.stringContaining(
          `version ${binaryVersion + 1}, this Purser knows versions up to ${binaryVersion}`,
        ),
      });
    }
  });

  it('refuses to serve a schema that is older than the binary', async () => {
    expect(await codeOf(requireCurrentSchema({ url: database.url }))).toBe('SCHEMA_OLDER_THAN_BINARY');
  });

  it('refuses a migration that changed after it was applied, but not other line ends', async () => {
    const url = database.url;
    await migrate({ url, folder });
    const first = join(folder, '0001_chain.sql');
    await writeFile(first, 'select 1;\n');
    expect(await codeOf(migrate({ url, folder }))).toBe('MIGRATION_CHANGED');
  });

  it('lets the organisation that a deployment begins with follow what was there, under its old label', async () => {
    const { url, db, sql } = database;
    const later = (await readdir(folder)).filter((file) => file >= '0012');
    for (const file of later) await rm(join(folder, file));
    await migrate({ url, folder });
    const account = { network_id: 1, source: 'WATCH', status: 'FOLLOWED' } as const;
    await sql`insert into networks (chain_id, genesis_hash, label) values ('0x1', '0x1', 'x')`;
    await db
      .insertInto('accounts')
      .values([
        { ...account, address: '0x1', label: 'till' },
        { ...account, address: '0x2', label: 'x'.repeat(300) },
        { ...account, address: '0x3', label: '' },
        { ...account, address: '0x4' },
      ])
      .execute();
    await migrate({ url });
    await db
      .insertInto('accounts')
      .values({ ...account, address: '0x5' })
      .execute();
    const rows = await db
      .selectFrom('follows as f')
      .innerJoin('organisations as o', 'o.organisation_id', 'f.organisation_id')
      .select(['o.organisation_id', 'o.name', 'f.account', 'f.label', 'f.source'])
      .orderBy('f.account')
      .execute();
    expect(rows).toEqual(
      ['till', 'x'.repeat(200), null, null, null].map((label, index) => ({
        organisation_id: 1,
        name: 'default',
        account: `0x${index + 1}`,
        label,
        source: 'RULE',
      })),
    );
  });

  it('sums up by month what stood in the ledgers before', async () => {
    const { url, sql } = database;
    const files = (await readdir(folder)).sort();
    const since = files.findIndex((file) => file.endsWith('_spend_months.sql'));
    expect(since).toBeGreaterThan(0);
    for (const file of files.slice(since)) await rm(join(folder, file));
    await migrate({ url, folder });
    await sql.unsafe(`
      insert into networks (chain_id, genesis_hash, label) values ('0x1', '0x1', 'x');
      insert into blocks select 1, '0xb' || n, n, '0xb' || n - 1, extract(epoch from timestamptz '2026-10-31 23:59:58+00') + n,
        'ACCEPTED_ON_L1', true from generate_series(1, 3) n;
      insert into debits select 1, '0xa', n, 0, 0, 0, '0xb' || n, '0x1', '0x5', '0x70', '0x1', '0x2', n, 0, n, 0, false, 'MATCHED', n
        from generate_series(1, 3) n;
      insert into movements select 1, '0xa', 2, 0, n, '0xb2', '0x1', '0x71', (array['OUT', 'SELF', 'IN'])[n], '0x2', n, null, 'OWNER', null,
        null, null from generate_series(1, 3) n`);
    await migrate({ url });
    const rows = await sql`
      select month::text, token, debited, debits, moved, movements, received, receipts from account_months order by token, month`;
    const none = { debited: 0n, debits: 0, moved: 0n, movements: 0, received: 0n, receipts: 0 };
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { ...none, month: '2026-10-01', token: '0x70', debited: 1n, debits: 1 },
      { ...none, month: '2026-11-01', token: '0x70', debited: 5n, debits: 2 },
      { ...none, month: '2026-11-01', token: '0x71', moved: 3n, movements: 2, received: 3n, receipts: 1 },
    ]);
  });

  it('refuses gaps in the numbers', async () => {
    await rm(join(folder, '0002_facts.sql'));
    expect(await codeOf(migrate({ url: database.url, folder }))).toBe('MIGRATION_FILES_INVALID');
  });
});
