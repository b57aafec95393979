import type { Sql } from '../database.ts';
import { DatabaseError } from '../database.error.ts';

/** The roles that migrations grant to. A login of another name is a member of one of them. */
export const API_ROLE = 'purser_api';
export const INDEXER_ROLE = 'purser_indexer';
const GROUPS = [INDEXER_ROLE, API_ROLE];

const createUnlessThere = (role: string): string =>
  `  if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;`;

/** Makes the roles where they are not there yet. For whoever may create roles; repeatable. */
export const ROLES_SQL = [
  'do $$ begin',
  ...GROUPS.map(createUnlessThere),
  'end $$;',
  ...GROUPS.map((role) => `alter role ${role} nosuperuser nobypassrls nocreaterole nocreatedb;`),
  '',
].join('\n');

/** @throws DatabaseError ROLES_MISSING, naming them */
export const requireRoles = async (sql: Sql): Promise<void> => {
  const found = await sql<
    { rolname: string }[]
  >`select rolname from pg_roles where rolname = any(${GROUPS}::text[])`;
  const missing = GROUPS.filter((role) => !found.some(({ rolname }) => rolname === role));
  if (missing.length === 0) return;
  throw new DatabaseError(
    'ROLES_MISSING',
    `the server has no role ${missing.join(' and no role ')}: purser database roles prints the SQL that makes them`,
  );
};
