import { type MercuriusDriverConfig, MercuriusDriver } from '@nestjs/mercurius';
import { completeSchema } from '../complete-schema.ts';

/**
 * mercurius makes the schema of the resolvers and holds it. It has no route, runs nothing and has no subscriptions here: whatever
 * a question came by, it went through the one admission, and `OperationRunner` runs it.
 */
export const graphqlOptions = (): MercuriusDriverConfig => ({
  driver: MercuriusDriver,
  routes: false,
  autoSchemaFile: true,
  sortSchema: true,
  graphiql: false,
  ide: false,
  transformSchema: completeSchema,
});
