import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIELD_RULES } from '#libs/access';
import { RIGHTS, type Right, type Role, ROLES } from '#libs/api';
import { type GraphQLSchema, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { PurserServer } from '../../../apps/server/src/create-server.ts';

/** Which rights each role has. */
export type RoleTable = Readonly<Record<Role, ReadonlySet<Right>>>;

const PAGE = join(import.meta.dirname, '..', '..', '..', 'docs', 'reference', 'access.md');

/** As the page for users says, and not as the code does. */
export const readRoleTable = (): RoleTable => {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const heading = rows.find(([first]) => first === 'right') ?? [];
  const rightsOf = (role: Role): ReadonlySet<Right> => {
    const column = heading.indexOf(role.toLowerCase());
    if (column < 0) throw new Error(`docs/reference/access.md has no column for ${role}`);
    const granted = rows
      .filter((row) => row[column] === 'x')
      .flatMap(([rights = '']) => rights.split(/,\s*/));
    return new Set(RIGHTS.filter((right) => granted.includes(right)));
  };
  return Object.fromEntries(ROLES.map((role) => [role, rightsOf(role)])) as unknown as RoleTable;
};

/** The refusals that somebody is to get: of the root field, else of the fields below it. In order. */
export const expectedCodes = (
  table: RoleTable,
  server: PurserServer,
  document: string,
  asker: Role | 'NOBODY',
): readonly string[] => {
  const [root, ...below] = fieldsOf(schemaOf(server), document).map(rightOf);
  if (root === undefined || root === 'PUBLIC') return [];
  if (asker === 'NOBODY') return ['UNAUTHENTICATED'];
  const lacks = (right: string): boolean => right !== 'PUBLIC' && !table[asker].has(right as Right);
  if (lacks(root)) return [`FORBIDDEN ${root}`];
  return [...new Set(below.filter(lacks).map((right) => `FORBIDDEN ${right}`))].sort();
};

export const schemaOf = (server: PurserServer): GraphQLSchema => {
  const { graphql } = server.app.getHttpAdapter().getInstance() as unknown as {
    readonly graphql: { readonly schema: GraphQLSchema };
  };
  return graphql.schema;
};

/** `Type.field` of every field in a document, the root field first. */
const fieldsOf = (schema: GraphQLSchema, document: string): readonly string[] => {
  const info = new TypeInfo(schema);
  const fields: string[] = [];
  visit(
    parse(document),
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const parent = info.getParentType()?.name;
        if (parent !== undefined && !name.value.startsWith('__')) fields.push(`${parent}.${name.value}`);
      },
    }),
  );
  return fields;
};

const rightOf = (field: string): string => {
  const [type = '', name = ''] = field.split('.');
  for (const rules of FIELD_RULES)
    for (const [right, names] of Object.entries(rules[type] ?? {})) if (names.includes(name)) return right;
  // A time in ISO 8601 is ruled with the time that it gives.
  if (name.endsWith('Iso')) return rightOf(field.slice(0, -'Iso'.length));
  throw new Error(`no rule for ${field}`);
};
