import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '#libs/testing';
import { databaseErrorCode } from './index.ts';

const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => 'no error',
    (error: unknown) => databaseErrorCode(error),
  );

describe('schema', () => {
  const database = withDatabase();

  it('keeps felts in the one printed form', async () => {
    const cast = (text: string) => sql`select ${text}::text::felt as felt`.execute(database.db);
    for (const text of ['0x0', '0x1', '0xabc', `0x${'f'.repeat(64)}`]) {
      expect((await cast(text)).rows).toEqual([{ felt: text }]);
    }
    for (const text of [
      '',
      '0x',
      '1',
      '0x01',
      '0xA',
      '0X1',
      '0xg',
      ' 0x1',
      '0x1\n',
      `0x1${'0'.repeat(64)}`,
    ]) {
      expect(await codeOf(cast(text))).toBe('CONSTRAINT_VIOLATION');
    }
  });

  it('carries the largest numbers of the chain without loss', async () => {
    const u256 = 2n ** 256n - 1n;
    const u64 = 2n ** 64n - 1n;
    const { rows } = await sql`
      select ${u256}::uint256 as u256, ${u64}::uint64 as u64, ${Number.MAX_SAFE_INTEGER}::block_height as height,
        count(*) as count from networks`.execute(database.db);
    expect(rows).toEqual([{ u256, u64, height: Number.MAX_SAFE_INTEGER, count: 0 }]);
    expect(await codeOf(sql`select ${u256 + 1n}::uint256`.execute(database.db))).toBe('CONSTRAINT_VIOLATION');
    expect(await codeOf(sql`select ${-1n}::uint64`.execute(database.db))).toBe('CONSTRAINT_VIOLATION');
    expect(await codeOf(sql`select 9007199254740993::bigint`.execute(database.db))).toBe(
      'NUMBER_OUT_OF_RANGE',
    );
  });

  it('refuses to change or empty what is insert only', async () => {
    await sql`insert into facts values (1, '0x1', 0, 0, 1, null, '0x2', 'SessionKeyAdded', null, null, '{}')`.execute(
      database.db,
    );
    expect(await codeOf(sql`update facts set kind = 'Other'`.execute(database.db))).toBe('INSERT_ONLY');
    expect(await codeOf(sql`delete from facts`.execute(database.db))).toBe('INSERT_ONLY');
    expect(await codeOf(sql`truncate facts`.execute(database.db))).toBe('INSERT_ONLY');
  });

  it('keeps one canonical block at a height, and one current version of a session', async () => {
    const { db } = database;
    const network = await db
      .insertInto('networks')
      .values({ chain_id: '0x1', genesis_hash: '0x1', label: 'x' })
      .returning('network_id')
      .executeTakeFirstOrThrow();
    const block = (hash: string, canonical: boolean) =>
      db
        .insertInto('blocks')
        .values({
          network_id: network.network_id,
          block_hash: hash,
          block_number: 1,
          parent_hash: '0x0',
          timestamp_seconds: 1n,
          finality: 'ACCEPTED_ON_L2',
          canonical,
        })
        .execute();
    await block('0xa', true);
    await block('0xb', false);
    expect(await codeOf(block('0xc', true))).toBe('UNIQUE_VIOLATION');
  });

  it('takes only printed felts as allowed entry points', async () => {
    const insert = (entrypoints: string[]) =>
      database.db
        .insertInto('session_versions')
        .values({
          network_id: 1,
          account: '0x1',
          session_key: `0x${entrypoints.length + 1}`,
          valid_from_block: 1,
          valid_to_block: null,
          valid_until_seconds: 1n,
          max_calls: 1,
          calls_used: 0,
          allowed_entrypoints: entrypoints,
          allowed_entrypoints_len: entrypoints.length,
          entrypoints_known: true,
          lifecycle: 'REGISTERED',
          lifecycle_block: 1,
          lifecycle_tx: null,
        })
        .returning('allowed_entrypoints')
        .executeTakeFirstOrThrow();
    expect(await insert([])).toEqual({ allowed_entrypoints: [] });
    expect(await insert(['0x1', '0xff'])).toEqual({ allowed_entrypoints: ['0x1', '0xff'] });
    expect(await codeOf(insert(['transfer']))).toBe('CONSTRAINT_VIOLATION');
    expect(await codeOf(insert(['0x1,', '0x2', '0x3']))).toBe('CONSTRAINT_VIOLATION');
  });
});
