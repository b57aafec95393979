import 'reflect-metadata';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { ACCESS_RESOLVERS } from '#libs/access';
import { ChangedResolver } from '#libs/live';
import {
  ChangesResolver,
  FindingsResolver,
  ListsResolver,
  NodeResolver,
  SessionResolver,
  TimelineResolver,
  UsesResolver,
} from '#libs/sessions';
import { completeSchema } from './complete-schema.ts';
import { BackfillsResolver } from './backfills/backfills.resolver.ts';
import { VerificationResolver } from '#libs/verification';
import { FINANCE_RESOLVERS, SpendingResolver } from '#libs/spending';
import { IndexerResolver } from './indexer/indexer.resolver.ts';

/** Every class that adds to the schema. A spec holds the result against the running server's. */
const RESOLVERS = [
  IndexerResolver,
  BackfillsResolver,
  SessionResolver,
  ListsResolver,
  NodeResolver,
  FindingsResolver,
  ChangesResolver,
  ChangedResolver,
  TimelineResolver,
  UsesResolver,
  VerificationResolver,
  SpendingResolver,
  ...FINANCE_RESOLVERS,
  ...ACCESS_RESOLVERS,
];

/**
 * The text of docs/reference/schema.graphql: sorted, with descriptions. Starts no server and opens nothing.
 * @throws FieldPolicyError for a field without a rule.
 */
export const printSchemaText = async (): Promise<string> => {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  try {
    const schema = completeSchema(await app.get(GraphQLSchemaFactory).create(RESOLVERS));
    return `${printSchema(lexicographicSortSchema(schema))}\n`;
  } finally {
    await app.close();
  }
};

// `node dist/apps/server/src/print-schema.js`: decorators need the build, so generators run it as a command.
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(await printSchemaText());
}
