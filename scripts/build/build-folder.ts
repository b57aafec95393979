import { createHash } from 'node:crypto';
import { cp, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BuildOptions {
  readonly root: string;
  /** Files and folders under the root that the result depends on. What is not there is left out. */
  readonly sources: readonly string[];
  /** Writes into the folder, where the last build is already, so that only what changed is compiled. */
  readonly compile: (folder: string) => Promise<boolean> | boolean;
}

export type BuildResult = 'FRESH' | 'BUILT' | 'FAILED';

const STAMP = '.sources';

/**
 * Brings dist up to date with the sources, where it is not. It is built beside and put in place whole, since a service
 * may be running from it; what cannot be compiled leaves it as it is.
 */
export const buildFolder = async ({ root, sources, compile }: BuildOptions): Promise<BuildResult> => {
  const dist = join(root, 'dist');
  const wanted = await fingerprintOf(root, sources);
  if ((await stampOf(dist)) === wanted) return 'FRESH';
  await removeLeftovers(root);
  const next = join(root, `dist.next-${process.pid}`);
  try {
    await cp(dist, next, { recursive: true, preserveTimestamps: true }).catch(ignore('ENOENT'));
    await mkdir(next, { recursive: true });
    if (!(await compile(next))) return 'FAILED';
    // As they were before they were read: what changed meanwhile is for the next build.
    await writeFile(join(next, STAMP), wanted);
    // Another build of the same sources may have been quicker.
    if ((await stampOf(dist)) !== wanted) await replaceFolder(dist, next);
    return 'BUILT';
  } finally {
    await rm(next, { recursive: true, force: true });
  }
};

const stampOf = (folder: string): Promise<string | undefined> =>
  readFile(join(folder, STAMP), 'utf8').catch(() => undefined);

/** Names, sizes and times of all files: one that went away or became an older one counts too. */
const fingerprintOf = async (root: string, sources: readonly string[]): Promise<string> => {
  const lines = await Promise.all(sources.map((source) => linesOf(root, source)));
  return createHash('sha256').update(lines.flat().join('\n')).digest('hex');
};

const linesOf = async (root: string, path: string): Promise<string[]> => {
  const stats = await lstat(join(root, path)).catch(ignore('ENOENT'));
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [`${path} ${stats.size} ${stats.mtimeMs}`];
  const names = (await readdir(join(root, path))).sort();
  return (await Promise.all(names.map((name) => linesOf(root, join(path, name))))).flat();
};

/** Two renames, and again where another build came between them. */
const replaceFolder = async (folder: string, next: string): Promise<void> => {
  const old = `${folder}.old-${process.pid}`;
  for (let tries = 1; ; tries += 1) {
    await rename(folder, old).catch(ignore('ENOENT'));
    try {
      await rename(next, folder);
      return;
    } catch (error) {
      if (tries === 10) throw error;
    } finally {
      await rm(old, { recursive: true, force: true });
    }
  }
};

/** Of builds that were killed. */
const removeLeftovers = async (root: string): Promise<void> => {
  for (const name of await readdir(root)) {
    const pid = /^dist\.(?:next|old)-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(root, name), { recursive: true, force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const ignore =
  (code: string) =>
  (error: unknown): undefined => {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
  };
