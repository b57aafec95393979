import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { indexRowsOf, withDatabase, planOf, touched } from '#libs/testing';
import { exportListStatement, type ExportOrder } from './export-list.statement.ts';

jest.setTimeout(120_000);

const LINKS = 4_000;
const MAKERS = 5;
const LIMIT = 26;
const STARTS = Date.UTC(2026, 9, 1) / 1_000;
const ORDERS: readonly ExportOrder[] = ['CREATED_AT_DESC', 'CREATED_AT_ASC', 'EXPIRES_AT_DESC'];

describe('what a page of links to exports reads', () => {
  const database = withDatabase();

  beforeAll(async () => {
    const networkId = await indexRowsOf(database.db).network('plans');
    const other = await database.organisation('other');
    for (const organisation of [1, other.id])
      await database.sql.unsafe(`
        insert into exports (organisation_id, network_id, format, filter, token_hash, created_by, creator_name, created_at, expires_at)
        select ${organisation}, ${networkId}, 'CSV', '{}', sha256(('${organisation} ' || n)::bytea), 'maker' || n % ${MAKERS}, 'x',
          to_timestamp(${STARTS} + n), to_timestamp(${STARTS} + n + 60 + n % 7) from generate_series(1, ${LINKS}) n`);
    await database.tamper('analyze');
  });

  const rowsOf = async (order: ExportOrder, createdBy: string | undefined, second: number | undefined) => {
    const after =
      second === undefined
        ? undefined
        : { micros: String((STARTS + second) * 1_000_000), exportId: `exp_${'8'.repeat(32)}` };
    const query = exportListStatement({ order, createdBy, after, limit: LIMIT }).compile(database.api.build);
    const plan = await planOf(database.api, database.everything, query, { plan: 'CUSTOM' });
    expect(plan['Actual Rows']).toBe(LIMIT);
    return touched(plan, 'exports');
  };

  it.each(ORDERS)(
    'is the rows that it tells, of everybody and of one maker, on any page: %s',
    async (order) => {
      for (const createdBy of [undefined, 'maker3'])
        for (const second of [undefined, LINKS / 2])
          expect(await rowsOf(order, createdBy, second)).toBe(LIMIT);
    },
  );
});
