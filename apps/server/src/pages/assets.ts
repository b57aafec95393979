import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GRAPHIQL_SCRIPT, GRAPHIQL_STYLE } from './graphiql.page.ts';
import { HOME_SCRIPT, HOME_STYLE } from './home.assets.ts';

/** What /assets/ serves: our own few files, and those of the installed packages. Nothing comes from elsewhere. */
export type Asset =
  | { readonly kind: 'TEXT'; readonly type: string; readonly text: string }
  | { readonly kind: 'FILE'; readonly folder: string; readonly file: string };

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

const packageFile = (name: string, ...path: readonly string[]): Asset => {
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const file = path.at(-1) ?? '';
  return { kind: 'FILE', folder: join(folder, ...path.slice(0, -1)), file };
};

export const listAssets = (): ReadonlyMap<string, Asset> =>
  new Map<string, Asset>([
    ['home.css', { kind: 'TEXT', type: CSS, text: HOME_STYLE }],
    ['home.js', { kind: 'TEXT', type: JAVASCRIPT, text: HOME_SCRIPT }],
    ['graphiql-page.css', { kind: 'TEXT', type: CSS, text: GRAPHIQL_STYLE }],
    ['graphiql-page.js', { kind: 'TEXT', type: JAVASCRIPT, text: GRAPHIQL_SCRIPT }],
    ['graphiql.css', packageFile('graphiql', 'graphiql.min.css')],
    ['graphiql.js', packageFile('graphiql', 'graphiql.min.js')],
    ['react.js', packageFile('react', 'umd', 'react.production.min.js')],
    ['react-dom.js', packageFile('react-dom', 'umd', 'react-dom.production.min.js')],
  ]);
