import type { TestDatabase } from '#libs/testing';

/** Takes every trace of an account out of the database, past all triggers: as if it had never been indexed. */
export const eraseAccount = async (database: TestDatabase, account: string): Promise<void> => {
  const columns = await database.sql<{ table_name: string; column_name: string }[]>`
    select c.table_name, c.column_name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
      and (c.column_name = 'account' or (c.table_name = 'accounts' and c.column_name = 'address'))`;
  for (const { table_name, column_name } of columns)
    await database.tamper(`delete from ${table_name} where ${column_name} = '${account}'`);
};

/** Takes every row that belongs to an organisation out of the database, but the organisation and its keys. */
export const eraseBelongings = async (database: TestDatabase, organisationId: number): Promise<void> => {
  const tables = await database.sql<{ table_name: string }[]>`
    select table_name from information_schema.columns
    where table_schema = 'public' and column_name = 'organisation_id' and table_name not in ('organisations', 'api_keys')`;
  for (const { table_name } of tables)
    await database.tamper(`delete from ${table_name} where organisation_id = ${organisationId}`);
};
