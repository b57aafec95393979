import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { buildFolder } from './build/build-folder.ts';

const root = join(import.meta.dirname, '..');
const sources = [
  'apps',
  'libs',
  'migrations',
  ...['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'],
];

// `nest build` compiles the whole house with tsc; one project is enough, since they share a tsconfig.
const nest = createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');
const compile = (folder: string): boolean => {
  const project = join(folder, 'tsconfig.json');
  const compilerOptions = { outDir: '.', tsBuildInfoFile: '.tsbuildinfo' };
  writeFileSync(project, JSON.stringify({ extends: '../tsconfig.build.json', compilerOptions }));
  const run = spawnSync(process.execPath, [nest, 'build', 'server', '--path', relative(root, project)], {
    cwd: root,
    stdio: 'inherit',
  });
  rmSync(project);
  return run.status === 0;
};

process.exitCode = (await buildFolder({ root, sources, compile })) === 'FAILED' ? 1 : 0;
