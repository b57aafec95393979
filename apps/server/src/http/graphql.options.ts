import { formatErrors, PurserError } from '#libs/api';
import { type MercuriusDriverConfig, MercuriusDriver } from '@nestjs/mercurius';
import { type GraphQLError } from 'graphql';
import { type Logger } from 'pino';
import { completeSchema } from '../complete-schema.ts';
import { type ServerSettings } from '../settings.ts';
import { postOnly } from './request-guards.ts';
import { fieldCountRule } from './field-count.rule.ts';
import { contextOf } from './request-context.ts';

/** The GraphQL endpoint: code first, sorted schema, limits before execution, every error with a code. */
export const graphqlOptions = (settings: ServerSettings, logger: Logger): MercuriusDriverConfig => ({
  driver: MercuriusDriver,
  path: '/graphql',
  autoSchemaFile: true,
  sortSchema: true,
  graphiql: false,
  ide: false,
  queryDepth: settings.maxQueryDepth,
  graphql: { parseOptions: { maxLexicalTokens: settings.maxQueryTokens } },
  context: contextOf,
  transformSchema: completeSchema,
  validationRules: [fieldCountRule(settings.maxQueryFields)],
  additionalRouteOptions: { preValidation: postOnly },
  hooks: { preParsing: refuseSyntaxTrees },
  errorFormatter: (execution, context) => {
    const requestId = context.reply.request.id;
    const executed = execution.data !== undefined && execution.data !== null;
    const { statusCode, errors, internal, unavailable } = formatErrors(execution.errors, requestId, executed);
    for (const err of internal) logger.error({ err, requestId }, 'a GraphQL field failed');
    for (const err of unavailable) logger.warn({ code: err.code, err: err.cause, requestId }, err.message);
    return { statusCode, response: { data: execution.data ?? null, errors: errors as GraphQLError[] } };
  },
});

/** mercurius also takes a syntax tree as JSON, which no limit on tokens sees. No GraphQL document starts like one. */
const refuseSyntaxTrees = (_schema: unknown, source: string): void => {
  if (/^\s*[{[]\s*"/.test(source))
    throw new PurserError('BAD_QUERY', 'The query must be a GraphQL document.');
};
