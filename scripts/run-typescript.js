import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { swc } from '../jest.shared.js';

/**
 * `node --conditions=purser-source --import ./scripts/run-typescript.js x.ts`: runs sources as Jest does. Node strips
 * types by itself and leaves the decorators, which then are no JavaScript. What was compiled is kept by its content.
 */
const CACHE = join(tmpdir(), `purser-typescript-${userInfo().uid}`);
const SETTINGS = JSON.stringify(swc);
const requireHere = createRequire(import.meta.url);

mkdirSync(CACHE, { recursive: true });
enableCompileCache(join(CACHE, 'v8'));

const compile = (filename) => {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update(`${SETTINGS}\n${filename}\n${source}`).digest('hex');
  const kept = join(CACHE, `${key}.js`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const { transformSync } = requireHere('@swc/core');
  const { code } = transformSync(source, { ...swc, filename });
  // Under another name first: several processes may compile the same file.
  writeFileSync(`${kept}.${process.pid}`, code);
  renameSync(`${kept}.${process.pid}`, kept);
  return code;
};

registerHooks({
  load: (url, context, next) => {
    if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/'))
      return next(url, context);
    return { format: 'module', source: compile(fileURLToPath(url)), shortCircuit: true };
  },
});
