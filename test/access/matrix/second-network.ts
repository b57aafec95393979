import type { TestDatabase } from '#libs/testing';

/** Numbers that every answer about an account shows, and that are others on the second network. */
const OTHERWISE = [
  'update session_versions set max_calls = max_calls + 1_000',
  'update policy_versions set max_per_window = max_per_window + 1_000',
  'update uses set fee_amount = fee_amount + 1_000, calls_burned = calls_burned + 1',
  'update debits set amount = amount + 1_000',
  'update movements set amount = amount + 1_000',
  'update account_months set debited = debited + 1_000, moved = moved + 1_000',
  `update follows set label = 'second network'`,
  `update incidents set details = '{"note": "second network"}'`,
  `update row_reviews set note = 'second network'`,
  `update group_members set group_id = 'grp_second'`,
  'update backfill_jobs set calls_left = calls_left + 1_000',
];

/** Not told of a network, but naming one as what they are about: lists of all of them, each with its network. */
const NAMING_ONE = ['organisations', 'members', 'follow_rules', 'exports', 'sign_in_challenges'];

/**
 * Puts a second network into the database: the very accounts, blocks and transactions of the first, followed by the same
 * organisations, with other numbers. Only the network tells them apart.
 * @returns its id
 */
export const addSecondNetwork = async (database: TestDatabase, networkId: number): Promise<number> => {
  const [made] = await database.sql<{ network_id: number }[]>`
    insert into networks (chain_id, genesis_hash, label)
    select chain_id, '0xabc', 'second' from networks where network_id = ${networkId} returning network_id`;
  if (made === undefined) throw new Error('no second network');
  const columns = await database.sql<{ table_name: string; column_name: string }[]>`
    select c.table_name, c.column_name from information_schema.columns c
    where c.table_schema = 'public' and c.is_identity = 'NO' and c.table_name <> 'networks'
      and c.table_name <> all (${NAMING_ONE})
      and exists (
        select from information_schema.columns n join information_schema.tables t using (table_schema, table_name)
        where n.table_schema = 'public' and n.table_name = c.table_name and n.column_name = 'network_id'
          and t.table_type = 'BASE TABLE'
      )`;
  for (const [table, of] of Map.groupBy(columns, ({ table_name }) => table_name)) {
    const names = of.map(({ column_name }) => `"${column_name}"`).join(', ');
    const values = of
      .map(({ column_name }) => (column_name === 'network_id' ? `${made.network_id}` : `"${column_name}"`))
      .join(', ');
    await database.tamper(
      `insert into ${table} (${names}) select ${values} from ${table} where network_id = ${networkId}`,
    );
  }
  await database.tamper(`
    insert into groups (organisation_id, group_id, name)
    select distinct organisation_id, 'grp_second', 'second network' from group_members where network_id = ${made.network_id}`);
  for (const change of OTHERWISE) await database.tamper(`${change} where network_id = ${made.network_id}`);
  return made.network_id;
};
