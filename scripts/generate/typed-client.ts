import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import {
  buildSchema,
  type DocumentNode,
  type GraphQLSchema,
  isScalarType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print as printDocument,
  separateOperations,
  validate,
} from 'graphql';
import type { Generator } from './generator.ts';

const ROOM = join('libs', 'api-client', 'src');
const FILE = join(ROOM, 'generated', 'operations.ts');
const SCHEMA = join('docs', 'reference', 'schema.graphql');

/** How the service prints each scalar in JSON: amounts and times beyond what a number carries are texts. */
const SCALARS: Readonly<Record<string, 'string' | 'number'>> = {
  Address: 'string',
  ChainId: 'string',
  Count: 'number',
  Date: 'string',
  Decimal: 'string',
  DateTime: 'string',
  Felt: 'string',
  SessionKey: 'string',
  Sum: 'string',
  Timestamp: 'string',
  U32: 'number',
  U64: 'string',
  U256: 'string',
};
const BUILT_IN = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);

/** Types and texts of the client's operations, out of the printed schema. */
export const typedClientGenerator: Generator = {
  name: 'typed client',
  generate: async (root) => {
    const schema = buildSchema(await readFile(join(root, SCHEMA), 'utf8'));
    requireScalars(schema);
    const documents = await readOperations(root);
    requireValid(schema, documents);
    return [{ path: FILE, content: await print(schema, documents) }];
  },
};

interface OperationFile {
  readonly location: string;
  readonly document: DocumentNode;
}

const readOperations = async (root: string): Promise<OperationFile[]> => {
  const folder = join(root, ROOM, 'operations');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(
    names.map(async (name) => ({
      location: name,
      document: parse(await readFile(join(folder, name), 'utf8')),
    })),
  );
};

const wholeOf = (operations: readonly OperationFile[]): DocumentNode => ({
  kind: Kind.DOCUMENT,
  definitions: operations.flatMap(({ document }) => document.definitions),
});

const requireScalars = (schema: GraphQLSchema): void => {
  const unknown = Object.values(schema.getTypeMap())
    .filter((type) => isScalarType(type) && !BUILT_IN.has(type.name) && !(type.name in SCALARS))
    .map(({ name }) => name);
  if (unknown.length > 0) {
    throw new Error(
      `scripts/generate/typed-client.ts does not say how these are printed: ${unknown.join(', ')}`,
    );
  }
};

const requireValid = (schema: GraphQLSchema, operations: readonly OperationFile[]): void => {
  const errors = validate(schema, wholeOf(operations));
  if (errors.length > 0) {
    throw new Error(`operations of the client do not fit the schema:\n${errors.map(String).join('\n')}`);
  }
};

const print = async (schema: GraphQLSchema, documents: OperationFile[]): Promise<string> => {
  const types = await codegen({
    schema: NO_SCHEMA,
    schemaAst: schema,
    documents,
    filename: FILE,
    config: {
      scalars: SCALARS,
      strictScalars: true,
      enumType: 'string-literal',
      immutableTypes: true,
      skipTypename: true,
    },
    pluginMap: { typescriptOperations },
    plugins: [{ typescriptOperations: {} }],
  });
  return `${[HEAD, types.trim(), '', ...operationTexts(documents)].join('\n').trim()}\n`;
};

const HEAD = `// Written by npm run generate, out of docs/reference/schema.graphql and the operations beside it.
import type { Operation } from '../operation.ts';
`;

/** The generator wants one and uses schemaAst where that is given. */
const NO_SCHEMA: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

/** Each operation with the fragments that it needs, as it is sent. */
const operationTexts = (documents: readonly OperationFile[]): string[] =>
  Object.entries(separateOperations(wholeOf(documents))).map(([name, document]) => {
    const [operation] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    const result = `${name}${OPERATION_SUFFIX[(operation as OperationDefinitionNode).operation]}`;
    return `export const ${name}Document: Operation<${result}, ${result}Variables> = {
  name: '${name}',
  text: \`${printDocument(document).replaceAll('`', '\\`')}\`,
};
`;
  });

const OPERATION_SUFFIX = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;
