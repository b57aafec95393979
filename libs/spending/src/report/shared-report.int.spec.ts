import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RequestScope } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { headerOf, indexRowsOf, type TestOrganisation, withDatabase } from '#libs/testing';
import { ACCOUNTS, BLOCKS, makeWorld, TOKENS, writeWorld } from '../../spec/finance-world.ts';
import { monthPlanOf } from '../period/month-plan.ts';
import { NO_FILTER } from './ledger-scope.ts';
import { SpendingReportRepository } from './spending-report.repository.ts';
import { spendingReportStatement } from './spending-report.statement.ts';

jest.setTimeout(120_000);

const BOUNDS = [Date.UTC(2026, 9, 1) / 1_000, Date.UTC(2026, 10, 1) / 1_000];
const NOW = Date.UTC(2026, 10, 3) / 1_000;

describe('a report that several ask for again and again', () => {
  const database = withDatabase();
  let reports: SpendingReportRepository;
  let networkId = 0;
  let other: TestOrganisation;
  let limited: RequestScope;

  const query = {
    ...{ groups: ['TEAM', 'TOKEN'] as const, boundsSeconds: BOUNDS, filter: NO_FILTER, limit: 100 },
    ...{ pin: undefined, after: undefined },
  };
  const ask = (scope: RequestScope) => reports.read(scope, networkId, { ...query, nowSeconds: NOW });
  /** The statement itself, of which nothing is shared. */
  const anew = async (scope: RequestScope) => {
    const months = monthPlanOf(BOUNDS, NOW);
    const statement = spendingReportStatement(database.api.build, networkId, {
      ...query,
      months,
      tokenLimit: 501,
    });
    const [row] = await database.api.read(scope, statement);
    return row;
  };
  const same = async (scope: RequestScope): Promise<void> => {
    const [answer, row] = [await ask(scope), await anew(scope)];
    expect({ rows: answer.rows, totals: answer.totals }).toEqual({ rows: row?.rows, totals: row?.totals });
    expect([answer.accounts, answer.incompleteAccounts, answer.recordedFrom ?? null]).toEqual([
      ...[row?.accounts, row?.incomplete, row?.recorded_from],
    ]);
    expect([answer.block.blockNumber, feltToHex(answer.block.blockHash), answer.block.finality]).toEqual([
      ...[row?.block_number, row?.block_hash, row?.finality],
    ]);
  };

  beforeAll(async () => {
    reports = new SpendingReportRepository(database.api);
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('main');
    await writeWorld(database.db, rows, networkId, makeWorld(networkId, 7));
    other = await database.organisation('other');
    limited = { ...database.everything, only: { accounts: [], labels: ['till'] } };
    await database.sql`update follows set team = 'shop', label = case account when ${feltToHex(ACCOUNTS[0]!)} then 'till' end`;
    await database.sql`insert into follows (organisation_id, network_id, account, team, source)
      values (${other.scope.organisationId}, ${networkId}, ${feltToHex(ACCOUNTS[2]!)}, 'theirs', 'ADDED')`;
    await database.sql`insert into tokens (network_id, address, symbol, name, decimals, read_at_block)
      values (${networkId}, ${feltToHex(TOKENS[0]!)}, 'A', 'A', 6, 1)`;
  });

  const account = feltToHex(ACCOUNTS[0]!);
  const CHANGES: readonly (readonly [string, string])[] = [
    ['a team changes', `update follows set team = 'desk' where account = '${account}'`],
    ['a label changes', `update follows set label = 'till' where account = '${feltToHex(ACCOUNTS[1]!)}'`],
    [
      'an account is let go',
      `delete from follows where account = '${feltToHex(ACCOUNTS[1]!)}' and team = 'shop'`,
    ],
    [
      'an account is followed again',
      `insert into follows (organisation_id, network_id, account, team, source)
      select min(organisation_id), 1, '${feltToHex(ACCOUNTS[1]!)}', 'back', 'ADDED' from follows where team = 'desk'`,
    ],
    ['a token is read anew', `update tokens set symbol = 'B'`],
    [
      'a debit is added beside the head, by a correction or a back-fill',
      `update debits set amount = amount + 1 where account = '${account}'`,
    ],
    ['movements are taken away', `delete from movements where account = '${account}'`],
    [
      'an account is recorded from later on',
      `update accounts set recorded_from_block = 9 where address = '${account}'`,
    ],
    ['an account waits again', `update accounts set status = 'PENDING' where address = '${account}'`],
    ['a block becomes final', `update blocks set finality = 'ACCEPTED_ON_L1' where block_number = ${BLOCKS}`],
    [
      'a reorg takes the newest blocks',
      `delete from debits where block_number > ${BLOCKS - 40};
      delete from movements where block_number > ${BLOCKS - 40};
      update blocks set canonical = false where block_number > ${BLOCKS - 40};
      update cursors set (block_number, block_hash) = (select block_number, block_hash from blocks
        where block_number = ${BLOCKS - 40} and canonical), generation = generation + 1`,
    ],
  ];

  it.each(CHANGES)('is another one as soon as %s', async (_what, change) => {
    const before = await anew(database.everything);
    await same(database.everything);
    await database.sql.unsafe(change);
    for (const scope of [database.everything, limited, other.scope]) await same(scope);
    if (!change.includes("label = 'till'")) expect(await anew(database.everything)).not.toEqual(before);
  });

  it('is of its own organisation, and of what its asker may see', async () => {
    const answers = await Promise.all(
      [database.everything, limited, other.scope, database.everything].map((scope) => ask(scope)),
    );
    expect(answers.map(({ accounts }) => accounts)).toEqual([3, 1, 1, 3]);
    for (const { rows } of [answers[0]!, answers[1]!])
      expect(rows.some(({ team }) => team === 'theirs')).toBe(false);
  });

  it('goes on behind a block that is still there', async () => {
    const pin = headerOf(BLOCKS - 60, 0n);
    const of = (nowSeconds: number) =>
      reports.read(database.everything, networkId, { ...query, pin, nowSeconds });
    expect(await of(NOW)).toEqual(await of(NOW));
    expect((await of(NOW)).block.blockNumber).toBe(BLOCKS - 60);
  });
});
