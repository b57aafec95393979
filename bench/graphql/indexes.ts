import type { Sql } from '#libs/database';

/**
 * Tables are filled without their indexes, which are made afterwards: row by row they would take most of the time. What
 * comes out is what migrations made: the very definitions.
 */
export const withoutIndexes = async (
  sql: Sql,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> => {
  const constraints = await sql<{ table: string; name: string; definition: string }[]>`
    select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype in ('p', 'u') and conrelid = any(${tables as string[]}::text[]::regclass[])
      and not exists (select from pg_constraint by where by.confrelid = pg_constraint.conrelid)`;
  const indexes = await sql<{ name: string; definition: string }[]>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index where indrelid = any(${tables as string[]}::text[]::regclass[])
      and not exists (select from pg_constraint where conindid = indexrelid)`;
  for (const { table, name } of constraints) await sql.unsafe(`alter table ${table} drop constraint ${name}`);
  for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
  await work();
  const again = [
    ...constraints.map(
      ({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`,
    ),
    ...indexes.map(({ definition }) => definition),
  ];
  // Two at a time: there are two cores.
  const next = async (): Promise<void> => {
    for (let statement = again.shift(); statement !== undefined; statement = again.shift())
      await sql.unsafe(`set maintenance_work_mem = '1GB'; ${statement}`);
  };
  await Promise.all([next(), next()]);
};
