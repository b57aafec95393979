import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Generator } from './generator.ts';

const run = promisify(execFile);
const LARGEST_OUTPUT = 10_000_000;

/** docs/reference/schema.graphql and errors.md. They come out of decorated classes, so out of the build. */
export const graphqlReferenceGenerator: Generator = {
  name: 'GraphQL reference',
  generate: async (root) => {
    await run(process.execPath, [join(root, 'scripts', 'build.ts')], { cwd: root });
    const print = async (program: string): Promise<string> => {
      const path = join(root, 'dist', 'apps', 'server', 'src', program);
      return (await run(process.execPath, [path], { cwd: root, maxBuffer: LARGEST_OUTPUT })).stdout;
    };
    return [
      { path: 'docs/reference/schema.graphql', content: await print('print-schema.js') },
      { path: 'docs/reference/errors.md', content: await print('print-errors.js') },
    ];
  },
};
