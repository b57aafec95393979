import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { configurationReferenceGenerator } from './generate/configuration-reference.ts';
import type { GeneratedFile, Generator } from './generate/generator.ts';
import { graphqlReferenceGenerator } from './generate/graphql-reference.ts';
import { repositoryQueriesGenerator } from './generate/repository-queries.ts';
import { schemaSqlGenerator } from './generate/schema-sql.ts';
import { typedClientGenerator } from './generate/typed-client.ts';

/** Everything that is written by a program and committed. Add a generator here. */
const generators: readonly Generator[] = [
  configurationReferenceGenerator,
  schemaSqlGenerator,
  repositoryQueriesGenerator,
  graphqlReferenceGenerator,
  // Out of the schema, so after it.
  typedClientGenerator,
];

const root = join(import.meta.dirname, '..');

interface Difference {
  readonly path: string;
  /** Undefined: the file is to go. */
  readonly content: string | undefined;
}

const differencesOf = async (generator: Generator): Promise<Difference[]> => {
  const files = await generator.generate(root);
  const current = await Promise.all(
    files.map(({ path }) => readFile(join(root, path), 'utf8').catch(() => undefined)),
  );
  const changed = files.filter((file: GeneratedFile, index) => file.content !== current[index]);
  const written = new Set(files.map(({ path }) => path));
  const left = ((await generator.owned?.(root)) ?? []).filter((path) => !written.has(path));
  return [...changed, ...left.map((path) => ({ path, content: undefined }))];
};

const write = async ({ path, content }: Difference): Promise<void> => {
  const target = join(root, path);
  if (content === undefined) return rm(target);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
};

const isCheck = process.argv.includes('--check');
const differences: Difference[] = [];
for (const generator of generators) {
  const found = await differencesOf(generator);
  // At once: a later one may read what an earlier one writes.
  if (!isCheck) for (const difference of found) await write(difference);
  differences.push(...found);
}
for (const { path, content } of differences) {
  const happened = content === undefined ? 'is no longer generated' : 'changed';
  console.log(`${path} ${isCheck ? `${happened}: run npm run generate` : happened}`);
}
console.log(`${differences.length} generated files ${isCheck ? 'are out of date' : 'written'}`);
if (isCheck && differences.length > 0) process.exitCode = 1;
