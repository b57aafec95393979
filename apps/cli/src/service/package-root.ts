import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this checkout or package, seen from the sources and from dist alike. */
export const packageRoot = (): string => {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('package.json of Purser is missing');
    folder = dirname(folder);
  }
  return folder;
};
