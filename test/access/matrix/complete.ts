import type { GraphQLSchema } from 'graphql';
import type { MutationSamples } from './mutation-sample.ts';
import type { Samples } from './sample.ts';

/** `Type.field` of every root field. */
export const rootFieldsOf = (schema: GraphQLSchema): readonly string[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    type ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
  );

const HOW = `Every root field is asked as everybody, so that a field which tells one organisation of another is found
before it is served. Add samples of the field to the file of its room in test/access/samples (a new room: a new file, and
a line in samples/index.ts): arguments that name things of somebody (test/access/matrix/things.ts has what can be named;
world.ts makes them), and a selection of all that the field tells.`;

const HOW_TO_CALL = `Every change is called as every role and as another organisation with the ids of the first, so that one which
reaches over is found before it is served. Add samples of it to test/access/samples/mutations.ts: arguments that name things of
somebody (an id of a new kind: test/access/matrix/things.ts, and belongings.ts makes one), and a selection without times,
new ids and secrets.`;

/** What is missing or too much, as sentences that say what to do. Empty: nothing. */
export const gapsIn = (
  schema: GraphQLSchema,
  files: Readonly<Record<string, Samples | MutationSamples>>,
): readonly string[] => {
  const fields = rootFieldsOf(schema);
  const sampled = Object.entries(files).flatMap(([file, samples]) =>
    Object.entries<readonly unknown[]>({ ...samples }).map(([field, list]) => ({ file, field, list })),
  );
  const named = sampled.map(({ field }) => field);
  return [
    ...fields
      .filter((field) => !sampled.some((entry) => entry.field === field && entry.list.length > 0))
      .map((field) => `${field} has no sample. ${field.startsWith('Mutation.') ? HOW_TO_CALL : HOW}`),
    ...sampled
      .filter(({ field }) => !fields.includes(field))
      .map(({ field, file }) => `${file} has samples of ${field}, which the schema does not have.`),
    ...named
      .filter((field, at) => named.indexOf(field) !== at)
      .map((field) => `${field} has samples in two files.`),
  ];
};

export const allOf = (files: Readonly<Record<string, Samples>>): Samples =>
  Object.assign({}, ...Object.values(files)) as Samples;
