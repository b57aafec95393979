import type { Sql } from '#libs/database';
import { functionGrants, tableAccess } from './print-access.ts';

interface Named {
  readonly name: string;
  readonly definition: string;
}

interface Comment {
  readonly target: string;
  readonly comment: string;
}

const SCHEMA = 'public';

/** The schema as SQL to read and to compare, in an order that does not depend on how it came about. */
export const printSchema = async (sql: Sql): Promise<string> => {
  const parts = [
    '-- The schema after all migrations, written by scripts/generate.ts from the catalogues. Do not edit.',
    ...(await domains(sql)),
    ...(await functions(sql)),
    ...(await tables(sql)),
    ...(await views(sql)),
    ...(await functionGrants(sql, SCHEMA)),
    ...(await comments(sql)),
  ];
  return `${parts.join('\n\n')}\n`;
};

const domains = async (sql: Sql): Promise<string[]> => {
  const rows = await sql<Named[]>`
    select t.typname as name,
      format('create domain %I as %s', t.typname, format_type(t.typbasetype, t.typtypmod))
        || case when t.typcollation <> b.typcollation
            then format(' collate %I', (select collname from pg_collation where oid = t.typcollation)) else '' end
        || coalesce((select string_agg(format(E'\n  constraint %I %s', c.conname, pg_get_constraintdef(c.oid, true)), '' order by c.conname)
            from pg_constraint c where c.contypid = t.oid and c.contype = 'c'), '') as definition
    from pg_type t join pg_type b on b.oid = t.typbasetype
    where t.typnamespace = ${SCHEMA}::regnamespace and t.typtype = 'd'
    order by t.typname`;
  return rows.map(({ definition }) => `${definition};`);
};

const functions = async (sql: Sql): Promise<string[]> => {
  const rows = await sql<Named[]>`
    select p.proname as name, pg_get_functiondef(p.oid) as definition
    from pg_proc p where p.pronamespace = ${SCHEMA}::regnamespace order by p.proname`;
  return rows.map(({ definition }) => `${definition.trim()};`);
};

const tables = async (sql: Sql): Promise<string[]> => {
  const rows = await sql<{ name: string; unlogged: boolean }[]>`
    select relname as name, relpersistence = 'u' as unlogged from pg_class
    where relnamespace = ${SCHEMA}::regnamespace and relkind in ('r', 'p') order by relname`;
  const printed = [];
  for (const { name, unlogged } of rows) printed.push(await table(sql, name, unlogged));
  return printed;
};

const table = async (sql: Sql, name: string, isUnlogged: boolean): Promise<string> => {
  const inside = [...(await columns(sql, name)), ...(await constraints(sql, name))];
  const after = [...(await indexes(sql, name)), ...(await triggers(sql, name))];
  const create = `create ${isUnlogged ? 'unlogged ' : ''}table ${name} (\n${inside.map(({ definition }) => `  ${definition}`).join(',\n')}\n);`;
  const access = await tableAccess(sql, name);
  return [create, ...after.map(({ definition }) => `${definition};`), ...access].join('\n');
};

const views = async (sql: Sql): Promise<string[]> => {
  const rows = await sql<Named[]>`
    select relname as name, format(E'create view %I as\n%s', relname, pg_get_viewdef(oid, true)) as definition from pg_class
    where relnamespace = ${SCHEMA}::regnamespace and relkind = 'v' order by relname`;
  const printed = [];
  for (const { name, definition } of rows)
    printed.push([definition, ...(await tableAccess(sql, name))].join('\n'));
  return printed;
};

const columns = (sql: Sql, table: string) => sql<Named[]>`
  select a.attname as name,
    a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attidentity = 'a' then ' generated always as identity' else '' end
      || case when d.oid is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end
      || case when a.attnotnull then ' not null' else '' end as definition
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

// Of NOT NULL the catalogue has a constraint too; the column already says it.
const constraints = (sql: Sql, table: string) => sql<Named[]>`
  select conname as name, format('constraint %I %s', conname, pg_get_constraintdef(oid, true)) as definition
  from pg_constraint
  where conrelid = ${table}::regclass and contype <> 'n'
  order by array_position('{p,u,f,c,x}'::"char"[], contype), conname`;

const indexes = (sql: Sql, table: string) => sql<Named[]>`
  select c.relname as name, pg_get_indexdef(c.oid) as definition
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = ${table}::regclass
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  order by c.relname`;

const triggers = (sql: Sql, table: string) => sql<Named[]>`
  select tgname as name, pg_get_triggerdef(oid, true) as definition
  from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal order by tgname`;

const comments = async (sql: Sql): Promise<string[]> => {
  const rows = await sql<Comment[]>`
    select target, comment from (
      select 1 as rank, 'domain ' || t.typname as target, 0 as place, obj_description(t.oid, 'pg_type') as comment
      from pg_type t where t.typnamespace = ${SCHEMA}::regnamespace and t.typtype = 'd'
      union all
      select 2, 'function ' || p.proname, 0, obj_description(p.oid, 'pg_proc')
      from pg_proc p where p.pronamespace = ${SCHEMA}::regnamespace
      union all
      select 3, case a.attnum when 0 then case c.relkind when 'v' then 'view ' else 'table ' end || c.relname else 'column ' || c.relname || '.' || a.attname end, a.attnum,
        case a.attnum when 0 then obj_description(c.oid, 'pg_class') else col_description(c.oid, a.attnum) end
      from pg_class c
      cross join lateral (
        select 0::smallint as attnum, '' as attname
        union all select b.attnum, b.attname from pg_attribute b where b.attrelid = c.oid and b.attnum > 0 and not b.attisdropped
      ) a
      where c.relnamespace = ${SCHEMA}::regnamespace and c.relkind in ('r', 'p', 'v')
    ) described
    where comment is not null
    order by rank, split_part(split_part(target, ' ', 2), '.', 1), place, target`;
  return [rows.map(({ target, comment }) => `comment on ${target} is ${quoted(comment)};`).join('\n')];
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
