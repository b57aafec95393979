import { connectPostgres, type Sql } from '../database.ts';
import { DatabaseError, toDatabaseError } from '../database.error.ts';
import { API_ROLE } from './database-roles.ts';
import {
  listDangerousRoles,
  listDefinerFunctions,
  listOwned,
  listTables,
  readRole,
  type RoleFacts,
  type TableFacts,
} from './role-catalogue.ts';
import { DEFINER_FUNCTIONS, TABLE_POLICY, type TableRule } from './table-policy.ts';

/**
 * Refuses a role for the API that could see more than the policies of the database let it: the separation of
 * organisations must not hang on every statement being right. Asks the catalogues only; some milliseconds.
 * @throws DatabaseError API_ROLE_UNSAFE, naming every fault that was found; others where the server cannot be asked
 */
export const requireSafeApiRole = async (options: { readonly url: string }): Promise<void> => {
  const sql = connectPostgres({ url: options.url, maxConnections: 1, applicationName: 'purser-role-check' });
  try {
    const { role, faults } = await listRoleFaults(sql);
    if (faults.length === 0) return;
    throw new DatabaseError('API_ROLE_UNSAFE', `the API must not run as ${role}: ${faults.join('; ')}`);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await sql.end({ timeout: 5 });
  }
};

const listRoleFaults = async (sql: Sql): Promise<{ role: string; faults: readonly string[] }> => {
  const role = await readRole(sql);
  const owned = role.isSuperuser ? [] : await listOwned(sql);
  const ownTables = new Set(owned.filter(({ kind }) => kind === 'table').map(({ name }) => name));
  const dangerous = await listDangerousRoles(sql);
  const tables = await listTables(sql);
  const faults = [
    ...dangerous.map((found) => `${found.role === role.role ? 'it' : found.role} ${found.right}`),
    ...roleFaults(role),
    ...owned.map(({ kind, name }) => `it owns the ${kind} ${name}`),
    ...tables.flatMap((table) => securityFaults(table, role)),
    // Of a superuser and of an owner it is said already that it may do everything.
    ...tables.flatMap((table) => (role.isSuperuser || ownTables.has(table.name) ? [] : grantFaults(table))),
    ...missingTables(tables),
    ...(await functionFaults(sql, role)),
  ];
  return { role: role.role, faults };
};

const roleFaults = (role: RoleFacts): string[] => [
  ...(role.hasApiRights ? [] : [`it is no member of ${API_ROLE}, or does not inherit from it`]),
  ...(role.mayCreate && !role.isSuperuser ? ['it may create in the schema public'] : []),
];

const ruleOf = (table: string): TableRule | undefined =>
  (TABLE_POLICY as Readonly<Record<string, TableRule>>)[table];

/** What the condition of a policy has to ask for, by the kind of its table. */
const ASKS_FOR: Readonly<Partial<Record<TableRule['kind'], string>>> = {
  ORGANISATION: 'current_organisation()',
  GATED: 'follows',
};

const securityFaults = ({ name, isSecured, isForced, policies }: TableFacts, role: RoleFacts): string[] => {
  const rule = ruleOf(name);
  if (rule === undefined) return [`the table ${name} has no rule`];
  const asked = ASKS_FOR[rule.kind];
  if (asked === undefined) return [];
  // A superuser is let through by those of every role.
  const open = role.isSuperuser
    ? []
    : policies.filter(({ conditions }) => !conditions.every((condition) => condition.includes(asked)));
  return [
    ...(isSecured ? [] : [`row-level security of ${name} is off`]),
    ...(isForced || rule.kind !== 'ORGANISATION' ? [] : [`row-level security of ${name} is not forced`]),
    ...(policies.length > 0 ? [] : [`${name} has no policy for it`]),
    ...open.map((policy) => `the policy ${policy.name} of ${name} does not ask for ${asked}`),
  ];
};

const grantFaults = ({ name, verbs, columns }: TableFacts): string[] => {
  const rule = ruleOf(name);
  const allowed: readonly string[] = rule?.api ?? [];
  const allowedColumns: Readonly<Record<string, readonly string[] | undefined>> = rule?.apiColumns ?? {};
  return [
    ...verbs.filter((verb) => !allowed.includes(verb)).map((verb) => `it may ${verb} ${name}`),
    ...columns
      .filter(({ verb, column }) => allowedColumns[verb]?.includes(column) !== true)
      .map(({ verb, column }) => `it may ${verb} ${name}.${column}`),
  ];
};

const missingTables = (tables: readonly TableFacts[]): string[] => {
  const found = new Set(tables.map(({ name }) => name));
  return Object.keys(TABLE_POLICY)
    .filter((name) => !found.has(name))
    .map((name) => `there is no table ${name}`);
};

const functionFaults = async (sql: Sql, role: RoleFacts): Promise<string[]> => {
  const functions = await listDefinerFunctions(sql);
  return functions.flatMap(({ name, mayCall }) => {
    const listed = DEFINER_FUNCTIONS[name];
    if (listed === undefined) return [`the function ${name} runs with its owner's rights and has no rule`];
    return mayCall && !listed.api && !role.isSuperuser ? [`it may call ${name}`] : [];
  });
};
