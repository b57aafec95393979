import { describe, expect, it } from '@jest/globals';
import { formatErrors } from '#libs/api';
import { type ExecutionResult, GraphQLObjectType, GraphQLSchema, GraphQLString, buildSchema } from 'graphql';
import { type Operation, readDocument } from './admission/read-document.ts';
import { OperationRunner } from './operation-runner.ts';
import { contextOf } from './request-context.ts';

const TYPES = `
  interface Thing { id: ID! }
  type Key implements Thing { id: ID! name: String! uses(first: Int = 2): [Int!] owner: Owner }
  type Owner { name: String keys: [Key!]! }
  type Query { key(id: ID = "k"): Key keys: [Key!] broken: Key wrong: Int fails: Key thing: Thing }
  type Mutation { change: Key }
`;

const key = (id: string): object => ({
  id,
  name: `key ${id}`,
  uses: ({ first }: { first: number }) => Array.from({ length: first }, (_, at) => at),
  owner: () => Promise.resolve({ name: null, keys: [] }),
});

const ROOT = {
  key: ({ id }: { id: string }) => Promise.resolve(key(id)),
  keys: () => ['a', 'b'].map(key),
  broken: () => ({ id: 'b', name: null }),
  wrong: () => 'no number',
  fails: () => Promise.reject(new Error('a secret of ours')),
  thing: () => ({ __typename: 'Key', ...key('t') }),
  change: () => key('c'),
};

const LIMITS = {
  ...{ maxQueryTokens: 1_000, maxQueryFields: 100, maxQueryAliases: 10, maxQueryDirectives: 10 },
  ...{ maxQueryDepth: 10, maxQueryOperations: 5, hideSuggestions: true },
};

const schema = buildSchema(TYPES);
// Compiled functions call resolvers, and no member of a value that happens to be a function.
for (const type of ['Query', 'Key', 'Mutation']) {
  const fields = (schema.getType(type) as GraphQLObjectType).getFields();
  for (const field of Object.values(fields))
    field.resolve = (source: Record<string, unknown>, args) => {
      const member = source[field.name];
      return typeof member === 'function' ? (member as (given: unknown) => unknown)(args) : member;
    };
}
const context = contextOf({ principal: undefined, address: '' }, 'request', 1_000);
const operationOf = (text: string): Operation => {
  const [operation] = readDocument(schema, text, LIMITS);
  if (operation === undefined) throw new Error('no operation');
  return operation;
};

const runnerOf = (compileAfter: number, nowMs?: () => number) =>
  new OperationRunner({
    schema: () => schema,
    settings: { compileAfter, compileShare: nowMs === undefined ? 1 : 0.05 },
    ...(nowMs && { nowMs }),
  });

/** As it is sent. */
const sent = async (result: Promise<ExecutionResult> | ExecutionResult): Promise<unknown> => {
  const { data, errors } = await result;
  return JSON.parse(
    JSON.stringify({
      data,
      errors: errors && formatErrors(errors, 'request', true).errors,
    }),
  );
};

describe('an operation that is asked often', () => {
  it.each<[string, Record<string, unknown>]>([
    ['{ key { id name uses owner { name keys { id } } } }', {}],
    [
      'query Named { a: key(id: "x") { id } b: key(id: "y") { ...of } } fragment of on Key { name uses(first: 1) }',
      {},
    ],
    ['query ($id: ID, $first: Int) { key(id: $id) { id uses(first: $first) } }', { id: 'z', first: 3 }],
    ['query ($id: ID = "given") { key(id: $id) { id __typename } }', {}],
    ['{ keys { id more: uses(first: 3) owner { keys { id } } } }', {}],
    ['{ broken { id name } }', {}],
    ['{ wrong }', {}],
    ['{ fails { id } keys { id } }', {}],
  ])('answers the same when it is compiled: %s', async (text, variables) => {
    const operation = operationOf(text);
    const [plain, compiling] = [runnerOf(0), runnerOf(1)];
    const expected = await sent(plain.run(operation, variables, context, ROOT));
    for (let time = 0; time < 3; time += 1)
      expect(await sent(compiling.run(operation, variables, context, ROOT))).toEqual(expected);
    expect([plain.isCompiled(operation), compiling.isCompiled(operation)]).toEqual([false, true]);
  });

  it('tells nobody what went wrong inside', async () => {
    const runner = runnerOf(1);
    for (const text of ['{ wrong }', '{ broken { name } }', '{ fails { id } }']) {
      const operation = operationOf(text);
      for (let time = 0; time < 3; time += 1) {
        const { errors } = (await sent(runner.run(operation, {}, context, ROOT))) as {
          errors: readonly { readonly extensions: { readonly code: string } }[];
        };
        expect(errors.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL']);
        expect(JSON.stringify(errors)).not.toMatch(/secret|number|null for non/);
      }
      expect(runner.isCompiled(operation)).toBe(true);
    }
  });

  it.each([
    ['a mutation', 'mutation { change { id } }'],
    ['a question for the schema', '{ __schema { types { name } } }'],
    ['one with a condition', 'query ($no: Boolean = false) { key { id @skip(if: $no) } }'],
    ['one for an interface', '{ thing { id ... on Key { name } } }'],
    ['one with a default of a type that is never null', 'query ($id: ID! = "given") { key(id: $id) { id } }'],
  ])('is not compiled where it is %s', async (_what, text) => {
    const operation = operationOf(text);
    const runner = runnerOf(1);
    for (let time = 0; time < 4; time += 1)
      expect(await sent(runner.run(operation, {}, context, ROOT))).not.toHaveProperty('errors');
    expect(runner.isCompiled(operation)).toBe(false);
  });

  it('is compiled when it was asked more often than said, and then no more', async () => {
    const operation = operationOf('{ key { id } }');
    const runner = runnerOf(2);
    const seen: boolean[] = [];
    for (let time = 0; time < 4; time += 1) {
      await runner.run(operation, {}, context, ROOT);
      seen.push(runner.isCompiled(operation));
    }
    expect(seen).toEqual([false, false, true, true]);
  });

  it('waits with its compilation while others took their share of the time', async () => {
    let nowMs = 0;
    // Looking at the clock takes a millisecond here, and so does compiling.
    const runner = runnerOf(1, () => (nowMs += 1));
    const operations = ['{ key { id } }', '{ keys { id } }'].map(operationOf);
    const ask = async (): Promise<boolean[]> => {
      for (const operation of operations) await runner.run(operation, {}, context, ROOT);
      return operations.map((operation) => runner.isCompiled(operation));
    };
    await ask();
    expect(await ask()).toEqual([true, false]);
    nowMs += 20;
    expect(await ask()).toEqual([true, true]);
  });

  it('does not push out of memory what others ask: large ones are few', async () => {
    const runner = runnerOf(1);
    const first = operationOf('{ key { id } }');
    const fields = Array.from({ length: 9 }, (_, at) => `k${at}: name`).join(' ');
    for (let time = 0; time < 2; time += 1) await runner.run(first, {}, context, ROOT);
    for (let number = 0; number < 1_100; number += 1) {
      const operation = operationOf(`query Q${number} { key { ${fields} } }`);
      for (let time = 0; time < 2; time += 1) await runner.run(operation, {}, context, ROOT);
    }
    expect(runner.isCompiled(first)).toBe(false);
  });
});

describe('a field that tells a text in place of nothing', () => {
  it('fails as a fault of ours, compiled or not', async () => {
    const type = new GraphQLObjectType({
      name: 'Query',
      fields: { text: { type: GraphQLString, resolve: () => ({ secret: 1 }) } },
    });
    const own = new GraphQLSchema({ query: type });
    const [operation] = readDocument(own, '{ text }', LIMITS);
    const runner = new OperationRunner({ schema: () => own, settings: { compileAfter: 1, compileShare: 1 } });
    for (let time = 0; time < 3; time += 1) {
      const { errors } = await runner.run(operation!, {}, context, {});
      expect(
        formatErrors(errors ?? [], 'request', true).errors.map(({ extensions }) => extensions?.['code']),
      ).toEqual(['INTERNAL']);
    }
  });
});
