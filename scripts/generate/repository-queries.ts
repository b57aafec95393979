import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type GeneratedQueries, recordStatements } from '#libs/database';
import { formatStatement } from './format-statement.ts';
import type { GeneratedFile, Generator } from './generator.ts';

const list = async (root: string, pattern: string): Promise<string[]> => {
  const paths: string[] = [];
  for await (const path of glob(pattern, { cwd: root })) paths.push(path);
  return paths.toSorted();
};

/** libs/<room>/src/queries/<repository>.sql from each libs/<room>/src/**\/*.queries.ts */
export const repositoryQueriesGenerator: Generator = {
  name: 'SQL of repositories',
  generate: async (root) => {
    const files: GeneratedFile[] = [];
    for (const path of await list(root, 'libs/*/src/**/*.queries.ts')) {
      const module = (await import(pathToFileURL(join(root, path)).href)) as {
        generatedQueries: GeneratedQueries;
      };
      const room = path.split('/').slice(0, 3).join('/');
      const { repository } = module.generatedQueries;
      files.push({
        path: `${room}/queries/${repository}.sql`,
        content: await printQueries(module.generatedQueries),
      });
    }
    return files;
  },
  owned: (root) => list(root, 'libs/*/src/queries/*.sql'),
};

const printQueries = async ({ repository, methods }: GeneratedQueries): Promise<string> => {
  const parts = [`-- Statements of ${repository}, written by scripts/generate.ts`];
  for (const [method, sample] of Object.entries(methods)) {
    const statements = await recordStatements(sample);
    parts.push(`-- ${method}\n${statements.map((text) => `${formatStatement(text)};`).join('\n')}`);
  }
  return `${parts.join('\n\n')}\n`;
};
