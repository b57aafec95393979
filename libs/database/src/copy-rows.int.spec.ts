import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { startTcpProxy, withDatabase } from '#libs/testing';
import { copyRows, copyUnlessThere, createDatabase, inTransaction, type Trx } from './index.ts';

interface Mark {
  readonly id: number;
  readonly word: string | null;
  readonly json: string | null;
  readonly list: readonly string[];
  readonly flag: boolean | null;
}

const COLUMNS = ['id', 'word', 'json', 'list', 'flag'] as const;
const mark = (id: number, word: string | null = 'w'): Mark => ({
  id,
  word,
  json: null,
  list: [],
  flag: true,
});
const many = (count: number): Mark[] => Array.from({ length: count }, (_, id) => mark(id));

describe('copyRows', () => {
  const database = withDatabase({ migrated: false });
  const copy = (trx: Trx, rows: readonly Mark[]) => copyRows(trx, 7, 'Marks of"7', COLUMNS, rows);
  const ids = async () => {
    const { rows } = await sql<{ id: number }>`select id from "Marks of""7" order by id`.execute(database.db);
    return rows.map(({ id }) => id);
  };

  beforeAll(() =>
    database.sql.unsafe(`create table "Marks of""7" (
      network_id integer not null, id integer primary key, word text check (word <> 'refused'), json jsonb,
      list text[] not null, flag boolean)`),
  );
  beforeEach(() => database.sql.unsafe('truncate "Marks of""7"'));

  it('keeps every text, list and JSON as it is, and U+FFFD for what Postgres does not take', async () => {
    const text = fc.string({
      unit: fc.constantFrom(...['\\', '\t', '\n', '\r', '"', "'", ',', '{', 'N', '.', 'é', '💸', '\v']),
    });
    // Names are plain: JSON.parse of Node 24.21 takes the name "\\u000b" for "\\" where it parsed that one before.
    const name = fc.constantFrom('a', 'b', 'é', 'a b', '💸');
    const row = fc.record({
      word: fc.option(text),
      json: fc.option(fc.dictionary(name, text)),
      list: fc.array(text),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (drawn) => {
        await database.sql.unsafe('truncate "Marks of""7"');
        const rows = drawn.map(({ word, json, list }, id) => ({
          ...mark(id),
          word,
          list,
          json: JSON.stringify(json ?? {}),
        }));
        await database.commit((trx) => copy(trx, rows));
        const stored = await database.sql.unsafe<Mark[]>('select * from "Marks of""7" order by id');
        expect(stored.map(({ word, list }) => ({ word, list }))).toEqual(
          drawn.map(({ word, list }) => ({ word, list })),
        );
        expect(stored.map(({ json }) => json)).toEqual(drawn.map(({ json }) => ({ ...json })));
      }),
      { numRuns: 60 },
    );
    await database.sql.unsafe('truncate "Marks of""7"');
    await database.commit((trx) =>
      copy(trx, [mark(1, 'a\0b\ud83d'), mark(2, '\\.'), mark(3, '\\N'), mark(4, '')]),
    );
    const stored = await database.sql.unsafe<{ word: string }[]>(
      'select word from "Marks of""7" order by id',
    );
    expect(stored.map(({ word }) => word)).toEqual(['a\ufffdb\ufffd', '\\.', '\\N', '']);
  });

  it('goes in by the thousand, and is gone with the transaction of the caller', async () => {
    await database.commit((trx) => copy(trx, many(12_001)));
    expect(await ids()).toEqual(many(12_001).map(({ id }) => id));
    await database.sql.unsafe('truncate "Marks of""7"');
    const undone = database.commit(async (trx) => {
      await copy(trx, many(100));
      throw new RangeError('a later step');
    });
    await expect(undone).rejects.toThrow(RangeError);
    expect(await ids()).toEqual([]);
  });

  it.each([
    ['a key that is there', [mark(1), mark(2), mark(1)], 'UNIQUE_VIOLATION'],
    ['a check', [...many(3_000), mark(3_000, 'refused'), ...many(0)], 'CONSTRAINT_VIOLATION'],
    ['the type of a column', [{ ...mark(1), json: '{' }], 'QUERY_FAILED'],
  ])('names what refused a row: %s', async (_, rows, code) => {
    await expect(database.commit((trx) => copy(trx, rows))).rejects.toMatchObject({ code });
    expect(await ids()).toEqual([]);
    await database.commit((trx) => copy(trx, [mark(9)]));
    expect(await ids()).toEqual([9]);
  });

  it('lets statements and copies that come meanwhile wait for its end', async () => {
    const counts = await database.commit(async (trx) => {
      const count = async () => {
        const { rows } = await sql<{ marks: number }>`select count(*) as marks from "Marks of""7"`.execute(
          trx,
        );
        return rows[0]?.marks;
      };
      const first = copy(trx, many(4_000));
      // Under way, and nothing of it answered.
      await new Promise(setImmediate);
      const [, second, , third] = await Promise.all([first, count(), copy(trx, [mark(4_000)]), count()]);
      return [second, third];
    });
    // Which of those that waited comes first is nobody's promise.
    for (const count of counts) expect([4_000, 4_001]).toContain(count);
    expect(await ids()).toHaveLength(4_001);
  });

  it('writes nothing of rows of which one is there, and the transaction goes on', async () => {
    await database.commit((trx) => copy(trx, [mark(2)]));
    const outcomes = await database.commit(async (trx) => {
      const first = await copyUnlessThere(trx, () => copy(trx, [mark(1), mark(2)]));
      const second = await copyUnlessThere(trx, () => copy(trx, [mark(3)]));
      return [first, second];
    });
    expect(outcomes).toEqual([false, true]);
    expect(await ids()).toEqual([2, 3]);
    const refused = database.commit((trx) => copyUnlessThere(trx, () => copy(trx, [mark(4, 'refused')])));
    await expect(refused).rejects.toMatchObject({ code: 'CONSTRAINT_VIOLATION' });
  });

  it('is lost with a connection that breaks amid the rows, and nothing of it stays', async () => {
    const url = new URL(database.url);
    const proxy = await startTcpProxy(Number(url.port));
    url.port = String(proxy.port);
    const through = createDatabase({ url: url.href, maxConnections: 1 });
    try {
      const broken = inTransaction(through.db, async (trx) => {
        await copy(trx, [mark(1)]);
        proxy.cutAt('amid the rows', 'BEFORE_FORWARDING');
        await copy(trx, [...many(9_000).slice(2), mark(9_000, 'amid the rows')]);
      });
      await expect(broken).rejects.toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
      expect(await ids()).toEqual([]);
      await inTransaction(through.db, (trx) => copy(trx, [mark(5)]));
      expect(await ids()).toEqual([5]);
    } finally {
      await through.close();
      await proxy.close();
    }
  });
});
