import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

// `nest build` compiles the whole house with tsc; one project is enough, since they share a tsconfig.
const nest = createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');
const run = spawnSync(process.execPath, [nest, 'build', 'server'], { stdio: 'inherit' });
process.exit(run.status ?? 1);
