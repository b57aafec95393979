import { beforeAll, describe, expect, it } from '@jest/globals';
import { NO_ORGANISATION, type RequestScope } from '#libs/database';
import { feltToHex } from '#libs/felt';
import {
  headerOf,
  indexRowsOf,
  nodesOf,
  type PlanNode,
  planOf,
  type TestOrganisation,
  withDatabase,
} from '#libs/testing';
import { type AccountListQuery, type AccountOrder, accountListStatement } from './account-list.statement.ts';

const LARGE = 20_000;

describe('a page of accounts of a large organisation', () => {
  const database = withDatabase();
  let networkId = 0;
  let large: TestOrganisation | undefined;

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('main');
    await rows.head(networkId, headerOf(1, 1n));
    large = await database.organisation('large');
    await database.sql`delete from follow_rules`;
    await database.sql`
      insert into accounts (network_id, address, source, status)
      select ${networkId}, '0x' || to_hex(n + 1000000), 'WATCH', 'PENDING' from generate_series(1, ${LARGE}) n`;
    await database.sql`
      insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
      select o.organisation_id, ${networkId}, '0x' || to_hex(n + 1000000), 'l' || n % 5000, 't' || n % 7, 'c' || n % 50, 'IMPORT'
      from generate_series(1, ${LARGE}) n, organisations o where o.name = 'large' or n < 100`;
    await database.sql`analyze follows`;
    await database.sql`analyze accounts`;
  });

  const planFor = (query: Partial<AccountListQuery>, scope: RequestScope): Promise<PlanNode> => {
    const statement = accountListStatement(database.api.build, networkId, {
      ...{ at: undefined, statuses: undefined, after: undefined, limit: 26 },
      ...query,
    });
    return planOf(database.api, scope, statement.compile());
  };
  /** The most rows that any step of the plan gave, or looked at in vain. */
  const mostRows = (plan: PlanNode): number =>
    Math.max(...nodesOf(plan).flatMap((node) => [node['Actual Rows'], node['Rows Removed by Filter'] ?? 0]));
  const after = { text: 't3', account: feltToHex(1_000_500n) };

  const CASES: readonly [string, Partial<AccountListQuery>, AccountOrder, string][] = [
    ['by address', {}, 'ADDRESS_ASC', 'follows_'],
    ['by label', {}, 'LABEL_ASC', 'follows_by_label'],
    ['by team', {}, 'TEAM_ASC', 'follows_by_team'],
    ['by team, a later page', { after }, 'TEAM_ASC', 'follows_by_team'],
    ['by cost centre', {}, 'COST_CENTRE_ASC', 'follows_by_cost_centre'],
    ['of a label', { label: 'l17' }, 'ADDRESS_ASC', 'follows_by_label'],
  ];

  it.each(CASES)(
    '%s reads a range of its index, and not all that is followed',
    async (_what, query, order, index) => {
      const plan = await planFor({ ...query, order }, large?.scope ?? NO_ORGANISATION);
      expect(nodesOf(plan).map((node) => node['Index Name'])).toContainEqual(expect.stringContaining(index));
      expect(mostRows(plan)).toBeLessThan(200);
    },
  );

  it.each(CASES)(
    '%s is not slowed down for a small organisation by a large one',
    async (_what, query, order) => {
      expect(mostRows(await planFor({ ...query, order }, database.everything))).toBeLessThan(500);
    },
  );
});
