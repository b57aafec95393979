import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { headerOf, indexRowsOf, planOf, touched, withDatabase } from '#libs/testing';
import { cursorStatement, feedStatement } from './feed.statement.ts';
import { endOfBlock } from './position.ts';

jest.setTimeout(120_000);

const BLOCKS = 30_000;
const hash = (block: number | string) => `'0xb' || to_hex(${block})`;

describe('what readers of changes look at of a long chain', () => {
  const database = withDatabase();
  let networkId = 0;

  /** Below the head; the head itself is written apart. */
  const finalUpTo = async (block: number): Promise<void> => {
    await database.sql.unsafe(
      `update blocks set finality = case when block_number <= ${block} then 'ACCEPTED_ON_L1' else 'ACCEPTED_ON_L2' end`,
    );
    await database.tamper('analyze blocks');
  };

  beforeAll(async () => {
    networkId = await indexRowsOf(database.db).network('plans');
    await database.sql.unsafe(`
      insert into blocks select ${networkId}, ${hash('n')}, n, ${hash('n - 1')}, n, 'ACCEPTED_ON_L2', true
        from generate_series(1, ${BLOCKS}) n`);
    await indexRowsOf(database.db).head(networkId, headerOf(BLOCKS + 1, BigInt(BLOCKS + 1)));
  });

  it.each([
    ['nothing is final', 0],
    ['what was made hours ago is', BLOCKS / 3],
    ['all but the newest are', BLOCKS - 10],
    ['all is', BLOCKS + 1],
  ])('is a few blocks, where %s', async (_what, final) => {
    await finalUpTo(final);
    const ask = async (statement: ReturnType<typeof cursorStatement> | ReturnType<typeof feedStatement>) =>
      planOf(database.api, database.everything, statement.compile(database.api.build));
    expect(touched(await ask(cursorStatement(networkId)), 'blocks')).toBeLessThanOrEqual(4);
    const from = endOfBlock(BLOCKS, `0xb${BLOCKS.toString(16)}`);
    const read = await ask(feedStatement(networkId, from, { blocks: 500, rows: 200 }));
    expect(touched(read, 'blocks')).toBeLessThanOrEqual(20);
  });
});
