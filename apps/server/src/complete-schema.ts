import { applyFieldPolicy, FIELD_RULES } from '#libs/access';
import { addIsoTimes } from '#libs/api';
import type { GraphQLSchema } from 'graphql';

/** What is done to the schema of the resolvers before it is served or printed. @throws FieldPolicyError for a field without a rule. */
export const completeSchema = (schema: GraphQLSchema): GraphQLSchema =>
  applyFieldPolicy(addIsoTimes(schema), FIELD_RULES);
