import {
  defaultFieldResolver,
  getNullableType,
  type GraphQLField,
  GraphQLInterfaceType,
  GraphQLObjectType,
  GraphQLSchema,
} from 'graphql';
import { DateTimeScalar, isoTime } from './scalars/date-time.scalar.ts';
import { TimestampScalar } from './scalars/integer.scalars.ts';

const SUFFIX = 'Iso';

/**
 * The field whose time a field gives as ISO 8601: by name, and by the types of both. Undefined: it is no such field. Who may
 * read the one may read the other.
 */
export const timestampBehind = (
  fields: Readonly<Record<string, GraphQLField<unknown, unknown>>>,
  name: string,
): string | undefined => {
  const behind = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : '';
  const isTwin = typeNameOf(fields[name]) === DateTimeScalar.name;
  return isTwin && typeNameOf(fields[behind]) === TimestampScalar.name ? behind : undefined;
};

const typeNameOf = (field: GraphQLField<unknown, unknown> | undefined): string | undefined =>
  field && String(getNullableType(field.type));

/**
 * Puts beside every field of type Timestamp the same time in ISO 8601: `validUntilIso` beside `validUntil`.
 * @returns a schema that knows the type of them.
 */
export const addIsoTimes = (schema: GraphQLSchema): GraphQLSchema => {
  for (const type of Object.values(schema.getTypeMap())) {
    const hasFields = type instanceof GraphQLObjectType || type instanceof GraphQLInterfaceType;
    if (!hasFields || type.name.startsWith('__')) continue;
    const fields = type.getFields();
    for (const field of Object.values(fields))
      if (typeNameOf(field) === TimestampScalar.name) fields[`${field.name}${SUFFIX}`] = twinOf(field);
  }
  return new GraphQLSchema(schema.toConfig());
};

const twinOf = (field: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown> => {
  const resolve = field.resolve ?? defaultFieldResolver;
  return {
    name: `${field.name}${SUFFIX}`,
    description: `\`${field.name}\` as ISO 8601 in UTC. Null where that is null, or beyond the year 9999.`,
    type: DateTimeScalar,
    args: field.args,
    deprecationReason: field.deprecationReason,
    extensions: {},
    astNode: undefined,
    resolve: async (source, args, context, info) => {
      const seconds: unknown = await resolve(source, args, context, { ...info, fieldName: field.name });
      return typeof seconds === 'bigint' ? isoTime(seconds) : null;
    },
  };
};
