import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

// Jest needs the flag for native ESM; setting it here keeps `npm test` free of shell syntax.
// The condition is for the global setup, which Node imports itself.
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const flags = [
  '--conditions=purser-source',
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
];
const run = spawnSync(process.execPath, [...flags, jest, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
