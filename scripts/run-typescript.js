import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { swc } from '../jest.shared.js';

/**
 * `node --conditions=purser-source --import ./scripts/run-typescript.js x.ts`: runs sources as Jest does. Node strips
 * types by itself and leaves the decorators, which then are no JavaScript.
 */
registerHooks({
  load: (url, context, next) => {
    if (!url.endsWith('.ts') || !url.startsWith('file:') || url.includes('/node_modules/')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swc, filename, sourceMaps: 'inline' });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
