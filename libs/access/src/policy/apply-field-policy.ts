import { type RequestContext, timestampBehind } from '#libs/api';
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLInterfaceType,
  GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { AccessError } from '../access.error.ts';
import type { FieldRight, FieldRules } from './field-rules.ts';
import { COMMON_RIGHTS } from './roles.ts';

type Resolve = GraphQLFieldResolver<unknown, RequestContext>;
type Field = GraphQLField<unknown, RequestContext>;

export type FieldPolicyFault = 'FIELD_WITHOUT_RULE' | 'RULE_WITHOUT_FIELD' | 'FIELD_RULED_TWICE';

/** The rules and the schema do not fit each other: the service must not start. */
export class FieldPolicyError extends Error {
  override readonly name = 'FieldPolicyError';
  readonly code: FieldPolicyFault;
  readonly retryable = false;
  /** `Type.field`, in order. */
  readonly fields: readonly string[];

  constructor(code: FieldPolicyFault, fields: readonly string[]) {
    super(`${code}: ${fields.join(', ')}`);
    this.code = code;
    this.fields = fields;
  }
}

/**
 * Puts the rules before the resolvers, in place. Root fields are refused without a principal and without the right, all
 * others without the right; only what every role may read anyway, below a root, costs nothing.
 * @returns the same schema.
 * @throws FieldPolicyError for a field of the schema without a rule, a rule without a field, a field with two.
 */
export const applyFieldPolicy = (schema: GraphQLSchema, rules: readonly FieldRules[]): GraphQLSchema => {
  const rights = new Map(rightsByField(rules));
  const fields = fieldsOf(schema);
  for (const [name, twin] of twinsOf(schema)) if (!rights.has(name)) setRight(rights, name, rights.get(twin));
  refuseAll(
    'FIELD_WITHOUT_RULE',
    [...fields.keys()].filter((name) => !rights.has(name)),
  );
  refuseAll(
    'RULE_WITHOUT_FIELD',
    [...rights.keys()].filter((name) => !fields.has(name)),
  );
  for (const [name, { field, isRoot }] of fields) guard(field, rights.get(name), isRoot);
  return schema;
};

/** A time in another form is ruled with the field whose time it is. */
const twinsOf = (schema: GraphQLSchema): ReadonlyMap<string, string> => {
  const twins = new Map<string, string>();
  for (const name of fieldsOf(schema).keys()) {
    const [type = '', field = ''] = name.split('.');
    const named = schema.getType(type);
    const hasFields = named instanceof GraphQLObjectType || named instanceof GraphQLInterfaceType;
    const twin = hasFields ? timestampBehind(named.getFields(), field) : undefined;
    if (twin !== undefined) twins.set(name, `${type}.${twin}`);
  }
  return twins;
};

const setRight = (rights: Map<string, FieldRight>, name: string, right: FieldRight | undefined): void => {
  if (right !== undefined) rights.set(name, right);
};

const rightsByField = (rules: readonly FieldRules[]): ReadonlyMap<string, FieldRight> => {
  const rights = new Map<string, FieldRight>();
  const twice: string[] = [];
  for (const [type, byRight] of rules.flatMap((topic) => Object.entries(topic))) {
    for (const [right, names] of Object.entries(byRight)) {
      for (const name of names.map((field) => `${type}.${field}`)) {
        if (rights.has(name)) twice.push(name);
        rights.set(name, right as FieldRight);
      }
    }
  }
  refuseAll('FIELD_RULED_TWICE', twice);
  return rights;
};

const fieldsOf = (schema: GraphQLSchema): ReadonlyMap<string, { field: Field; isRoot: boolean }> => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = new Map<string, { field: Field; isRoot: boolean }>();
  for (const type of Object.values(schema.getTypeMap())) {
    const hasFields = type instanceof GraphQLObjectType || type instanceof GraphQLInterfaceType;
    if (!hasFields || type.name.startsWith('__')) continue;
    const isRoot = roots.some((root) => root === type);
    for (const field of Object.values(type.getFields())) {
      fields.set(`${type.name}.${field.name}`, { field: field as Field, isRoot });
    }
  }
  return fields;
};

const guard = (field: Field, right: FieldRight | undefined, isRoot: boolean): void => {
  if (right === 'PUBLIC' || (right !== undefined && !isRoot && COMMON_RIGHTS.has(right))) return;
  const resolve: Resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = guarded(resolve, right);
  if (field.subscribe !== undefined) field.subscribe = guarded(field.subscribe, right);
};

const guarded =
  (resolve: Resolve, right: FieldRight | undefined): Resolve =>
  (source, args, context, info) => {
    requireRight(context, right);
    return resolve(source, args, context, info);
  };

/** @throws AccessError UNAUTHENTICATED without a principal, FORBIDDEN without the right. */
const requireRight = ({ principal }: RequestContext, right: FieldRight | undefined): void => {
  if (principal === undefined) {
    throw new AccessError('UNAUTHENTICATED', 'Give an API key: Authorization: Bearer pur_...');
  }
  // Undefined cannot be: the rules are complete. Denied all the same.
  if (right === undefined || right === 'PUBLIC' || !principal.rights.has(right)) {
    throw new AccessError('FORBIDDEN', `This needs the right ${String(right)}.`, {
      details: { right, role: principal.role },
    });
  }
};

const refuseAll = (fault: FieldPolicyFault, names: readonly string[]): void => {
  if (names.length > 0) throw new FieldPolicyError(fault, [...names].sort());
};
