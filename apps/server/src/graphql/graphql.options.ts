import { type RequestContext } from '#libs/api';
import { type MercuriusDriverConfig, MercuriusDriver } from '@nestjs/mercurius';
import { type GraphQLError } from 'graphql';
import { type Logger } from 'pino';
import { completeSchema } from '../complete-schema.ts';
import { type ServerSettings } from '../settings.ts';
import { answerErrors } from './answer-errors.ts';

/**
 * mercurius makes the schema, caches and runs documents. It has no route and no subscriptions here: what reaches it went through
 * the one admission, whatever it came by.
 */
export const graphqlOptions = (settings: ServerSettings, logger: Logger): MercuriusDriverConfig => ({
  driver: MercuriusDriver,
  routes: false,
  autoSchemaFile: true,
  sortSchema: true,
  graphiql: false,
  ide: false,
  transformSchema: completeSchema,
  ...(settings.compileAfter > 0 && { jit: settings.compileAfter }),
  errorFormatter: (execution, context) => {
    const executed = execution.data !== undefined && execution.data !== null;
    const { requestId } = context as unknown as RequestContext;
    const { statusCode, errors } = answerErrors(logger, execution.errors, requestId, executed);
    return { statusCode, response: { data: execution.data ?? null, errors: errors as GraphQLError[] } };
  },
});
