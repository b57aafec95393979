import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { DEFINER_FUNCTIONS, TABLE_POLICY, type TableRule, type Verb } from './table-policy.ts';

interface Grant {
  readonly table: string;
  readonly role: string;
  readonly verb: string;
  /** Null: the whole table. */
  readonly column: string | null;
}

const POLICY: Readonly<Record<string, TableRule>> = TABLE_POLICY;
const textOf = ({ table, role, verb, column }: Grant): string =>
  `${role} ${verb} ${table}${column === null ? '' : `.${column}`}`;

const grantsOf = (table: string, rule: TableRule): Grant[] => {
  const whole = (role: string, verbs: readonly Verb[]) =>
    verbs.map((verb) => ({ table, role, verb, column: null }));
  const columns = Object.entries(rule.apiColumns ?? {}).flatMap(([verb, names]) =>
    names.map((column) => ({ table, role: 'purser_api', verb, column })),
  );
  return [...whole('purser_api', rule.api), ...columns, ...whole('purser_indexer', rule.indexer)];
};

describe('the table policy', () => {
  const database = withDatabase();

  it('has a rule for every table, and a table for every rule', async () => {
    const rows = await database.sql<{ name: string }[]>`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`;
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(POLICY).sort());
  });

  it('says what is granted, all of it and nothing else, to nobody else', async () => {
    const rows = await database.sql<Grant[]>`
      select c.relname as table, coalesce(r.rolname, 'public') as role, g.privilege_type as verb, null as column
      from pg_class c cross join aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and g.grantee <> c.relowner
      union all
      select c.relname, coalesce(r.rolname, 'public'), g.privilege_type, a.attname
      from pg_class c join pg_attribute a on a.attrelid = c.oid cross join aclexplode(a.attacl) g
      left join pg_roles r on r.oid = g.grantee
      where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and g.grantee <> c.relowner`;
    const said = Object.entries(POLICY).flatMap(([table, rule]) => grantsOf(table, rule));
    expect(rows.map(textOf).sort()).toEqual(said.map(textOf).sort());
  });

  it('has row-level security where rows belong to somebody: forced, or for the roles of requests only', async () => {
    const rows = await database.sql<{ name: string; secured: boolean; forced: boolean }[]>`
      select relname as name, relrowsecurity as secured, relforcerowsecurity as forced
      from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`;
    for (const { name, secured, forced } of rows) {
      const kind = POLICY[name]?.kind;
      expect({ name, secured, forced }).toEqual({
        name,
        secured: kind === 'ORGANISATION' || kind === 'GATED',
        forced: kind === 'ORGANISATION',
      });
    }
  });

  it('lets nobody call a function that nobody was given', async () => {
    const rows = await database.sql<{ name: string }[]>`
      select p.proname as name from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
      where p.pronamespace = 'public'::regnamespace and g.grantee = 0`;
    expect(rows).toEqual([]);
  });

  it('lists the functions with the rights of the owner, which look for nothing outside of our schema', async () => {
    const rows = await database.sql<
      { name: string; settings: string[] | null; api: boolean; indexer: boolean }[]
    >`
      select proname as name, proconfig as settings, has_function_privilege('purser_api', oid, 'EXECUTE') as api,
        has_function_privilege('purser_indexer', oid, 'EXECUTE') as indexer
      from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by proname`;
    const said = Object.entries(DEFINER_FUNCTIONS)
      .map(([name, { api }]) => ({ name, api, indexer: false, settings: ['search_path=public, pg_temp'] }))
      .sort((x, y) => (x.name < y.name ? -1 : 1));
    expect([...rows]).toEqual(said);
  });
});
