import type { RequestScope } from '../src/index.ts';
import type { TestDatabase } from '#libs/testing';

/** Two that follow the accounts 0x1 to 0x4 of network 1, each with a team of its own; the third is labelled `till`. */
export const twoOrganisations = async (
  database: TestDatabase,
): Promise<readonly [RequestScope, RequestScope]> => {
  await database.sql`delete from follow_rules`;
  const [{ scope: a }, { scope: b }] = [await database.organisation('A'), await database.organisation('B')];
  for (const { organisationId } of [a, b])
    await database.sql`insert into follows (organisation_id, network_id, account, label, team, source)
      select ${organisationId}::integer, 1, '0x' || n, case n when 3 then 'till' end, 'team ' || ${organisationId}::integer, 'ADDED'
      from generate_series(1, 4) n`;
  return [a, b];
};
