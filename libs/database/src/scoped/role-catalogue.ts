import type { Sql } from '../database.ts';
import { API_ROLE } from './database-roles.ts';

/** What the catalogues say of the role of a connection. */
export interface RoleFacts {
  readonly role: string;
  readonly isSuperuser: boolean;
  /** Has what is granted to purser_api. */
  readonly hasApiRights: boolean;
  /** May make tables and functions beside ours. */
  readonly mayCreate: boolean;
}

/** A right that no row-level security stands up to, of the role or of one that it may become. */
export interface DangerousRole {
  readonly role: string;
  readonly right: string;
}

export interface Owned {
  readonly kind: string;
  readonly name: string;
}

export interface TableFacts {
  readonly name: string;
  readonly isSecured: boolean;
  readonly isForced: boolean;
  /** The permissive policies that let the role through, with the conditions of reading and of writing. */
  readonly policies: readonly { readonly name: string; readonly conditions: readonly string[] }[];
  /** What the role may do with the whole table. */
  readonly verbs: readonly string[];
  /** What it may do with a column, for verbs that it may not do with the whole table. */
  readonly columns: readonly { readonly verb: string; readonly column: string }[];
}

export const readRole = async (sql: Sql): Promise<RoleFacts> => {
  const [row] = await sql<RoleFacts[]>`
    select session_user::text as role, r.rolsuper as "isSuperuser",
      exists (select from pg_roles g where g.rolname = ${API_ROLE} and pg_has_role(session_user, g.oid, 'USAGE'))
        as "hasApiRights",
      has_schema_privilege(session_user, 'public', 'CREATE') as "mayCreate"
    from pg_roles r where r.rolname = session_user`;
  if (row === undefined) throw new Error('the session has no role');
  return row;
};

// A superuser is a member of every role: then the others say nothing.
const BECOMES = `(r.rolname in (session_user, current_user) or (
  not (select s.rolsuper from pg_roles s where s.rolname = session_user) and pg_has_role(session_user, r.oid, 'MEMBER')))`;

export const listDangerousRoles = (sql: Sql): Promise<DangerousRole[]> =>
  sql<DangerousRole[]>`
    select r.rolname as role, v.right from pg_roles r cross join lateral (values
      (r.rolsuper, 'is a superuser'),
      (r.rolbypassrls, 'may bypass row-level security'),
      (r.rolcreaterole, 'may make and change roles'),
      (r.rolreplication, 'may read the whole server by replication'),
      (r.rolname in ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
        'pg_execute_server_program'), 'reaches past every grant')
    ) as v (holds, "right")
    where v.holds and ${sql.unsafe(BECOMES)}
    order by r.rolname, v.right`;

/** What the role, or one that it may become, owns: an owner may switch row-level security off. */
export const listOwned = (sql: Sql): Promise<Owned[]> =>
  sql<Owned[]>`
    with mine as (select oid from pg_roles r where ${sql.unsafe(BECOMES)})
    select kind, name from (
      select 'table' as kind, c.relnamespace as space, c.oid::regclass::text as name
      from pg_class c where c.relowner in (select oid from mine) and c.relkind in ('r', 'p', 'v', 'm', 'f')
      union all
      select 'function', p.pronamespace, p.oid::regprocedure::text from pg_proc p where p.proowner in (select oid from mine)
      union all
      select 'schema', n.oid, n.nspname from pg_namespace n where n.nspowner in (select oid from mine)
    ) owned join pg_namespace n on n.oid = owned.space
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    union all
    select 'database', d.datname from pg_database d
    where d.datname = current_database() and d.datdba in (select oid from mine)
    order by kind, name`;

const VERBS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];
const COLUMN_VERBS = ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES'];

/** Every table and view beside ours too, with what the role may do with it. */
export const listTables = (sql: Sql): Promise<TableFacts[]> =>
  sql<TableFacts[]>`
    select c.relname as name, c.relrowsecurity as "isSecured", c.relforcerowsecurity as "isForced",
      coalesce((
        select json_agg(json_build_object('name', p.polname, 'conditions', array_remove(
          array[pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)], null)) order by p.polname)
        from pg_policy p where p.polrelid = c.oid and p.polpermissive and exists (
          select from unnest(p.polroles) as g (oid) where g.oid = 0 or pg_has_role(session_user, g.oid, 'USAGE'))
      ), '[]') as policies,
      coalesce((
        select json_agg(v order by v) from unnest(${VERBS}::text[]) as v where has_table_privilege(session_user, c.oid, v)
      ), '[]') as verbs,
      coalesce((
        select json_agg(json_build_object('verb', v, 'column', a.attname) order by v, a.attnum)
        from unnest(${COLUMN_VERBS}::text[]) as v join pg_attribute a
          on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where not has_table_privilege(session_user, c.oid, v) and has_column_privilege(session_user, c.oid, a.attnum, v)
      ), '[]') as columns
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
    order by c.relname`;

/** Functions that run with the rights of their owner, and whether the role may call them. */
export const listDefinerFunctions = (sql: Sql): Promise<{ name: string; mayCall: boolean }[]> =>
  sql<{ name: string; mayCall: boolean }[]>`
    select p.proname as name, has_function_privilege(session_user, p.oid, 'EXECUTE') as "mayCall"
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef order by p.proname`;
