import type { Sql } from '#libs/database';

interface Printed {
  readonly definition: string;
}

/** Row-level security of a table, its policies, and what other roles than the owner may do with it. */
export const tableAccess = async (sql: Sql, table: string): Promise<string[]> => {
  const rows = [
    ...(await security(sql, table)),
    ...(await policies(sql, table)),
    ...(await tableGrants(sql, table)),
  ];
  return rows.map(({ definition }) => `${definition};`);
};

const security = (sql: Sql, table: string) => sql<Printed[]>`
  select format('alter table %I %s row level security', relname, verb) as definition
  from pg_class cross join lateral (values (1, 'enable', relrowsecurity), (2, 'force', relforcerowsecurity)) v (place, verb, holds)
  where oid = ${table}::regclass and holds order by place`;

// The owner is called what the migrations call it: its name is the deployment's choice.
const policies = (sql: Sql, table: string) => sql<Printed[]>`
  select format('create policy %I on %I', p.polname, c.relname)
      || case when p.polpermissive then '' else ' as restrictive' end
      || case p.polcmd when 'r' then ' for select' when 'a' then ' for insert' when 'w' then ' for update'
        when 'd' then ' for delete' else '' end
      || ' to ' || (
        select string_agg(case when g.oid = 0 then 'public' when g.oid = c.relowner then 'current_user' else r.rolname end, ', '
          order by r.rolname)
        from unnest(p.polroles) as g (oid) left join pg_roles r on r.oid = g.oid)
      || coalesce(E'\n  using ' || pg_get_expr(p.polqual, p.polrelid, true), '')
      || coalesce(E'\n  with check ' || pg_get_expr(p.polwithcheck, p.polrelid, true), '') as definition
  from pg_policy p join pg_class c on c.oid = p.polrelid
  where p.polrelid = ${table}::regclass order by p.polname`;

const tableGrants = (sql: Sql, table: string) => sql<Printed[]>`
  with granted as (
    select g.grantee, lower(g.privilege_type) as verb, null as columns
    from pg_class c cross join aclexplode(c.relacl) g where c.oid = ${table}::regclass and g.grantee <> c.relowner
    union all
    select g.grantee, lower(g.privilege_type), string_agg(a.attname, ', ' order by a.attnum)
    from pg_attribute a join pg_class c on c.oid = a.attrelid cross join aclexplode(a.attacl) g
    where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped and g.grantee <> c.relowner
    group by g.grantee, g.privilege_type
  )
  select format('grant %s on %s to %s', string_agg(verb || coalesce(' (' || columns || ')', ''), ', ' order by verb),
    ${table}::regclass, coalesce(r.rolname, 'public')) as definition
  from granted left join pg_roles r on r.oid = granted.grantee
  group by r.rolname order by r.rolname nulls first`;

/** Who may call what, beside the owner. */
export const functionGrants = async (sql: Sql, schema: string): Promise<string[]> => {
  const rows = await sql<Printed[]>`
    select format('grant execute on function %s to %s', p.oid::regprocedure,
      string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname nulls first)) as definition
    from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
    left join pg_roles r on r.oid = g.grantee
    where p.pronamespace = ${schema}::regnamespace and g.grantee <> p.proowner
    group by p.oid order by p.oid::regprocedure::text`;
  return rows.length === 0 ? [] : [rows.map(({ definition }) => `${definition};`).join('\n')];
};
