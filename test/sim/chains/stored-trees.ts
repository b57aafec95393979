import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { BlockTree } from './block-tree.ts';
import type { TreeSize } from './tree-size.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What a tree follows from besides its seed. */
const SOURCES = [
  'libs/sandbox/src',
  'libs/account/src',
  'libs/felt/src',
  'contracts/artifacts',
  'test/conformance/client',
  'test/conformance/play',
  'test/conformance/sequence',
  'test/sim/chains',
];

const loaded = new Map<string, BlockTree>();

/** The tree of a seed: grown once and kept in the folder for temporary files, since it only depends on the sources. */
export const loadTree = async (seed: number, size: TreeSize): Promise<BlockTree> => {
  const name = `${size.name}-${seed}.json.gz`;
  const known = loaded.get(name);
  if (known) return known;
  const tree = readTree(name) ?? (await growAndKeep(name, seed, size));
  loaded.set(name, tree);
  return tree;
};

const readTree = (name: string): BlockTree | undefined => {
  const path = join(directory(), name);
  if (!existsSync(path)) return undefined;
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as BlockTree;
};

const growAndKeep = async (name: string, seed: number, size: TreeSize): Promise<BlockTree> => {
  const { growTree } = await import('./grow-tree.ts');
  const tree = await growTree(seed, size);
  const path = join(directory(), name);
  mkdirSync(directory(), { recursive: true });
  // Under another name first: two runs may grow the same tree.
  writeFileSync(`${path}.${process.pid}`, gzipSync(JSON.stringify(tree), { level: 1 }));
  renameSync(`${path}.${process.pid}`, path);
  return tree;
};

let sourcesDigest: string | undefined;

const directory = (): string => {
  sourcesDigest ??= digestOf(SOURCES.flatMap((folder) => filesIn(join(ROOT, folder))));
  return join(tmpdir(), `purser-sim-trees-${sourcesDigest}`);
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const digestOf = (files: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
};
