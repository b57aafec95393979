import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { DatabaseError, thrownCode } from '../database.error.ts';

/** Whether a process of that id exists, ours or not. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return thrownCode(error) === 'EPERM';
  }
};

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs the work while no other process holds the file. One left by a dead process is taken over. */
export const withFileLock = async <T>(path: string, work: () => Promise<T>, waitMs = 30_000): Promise<T> => {
  const deadline = Date.now() + waitMs;
  while (!(await tryCreate(path))) {
    const holder = await holderOf(path);
    if (holder !== undefined && !isAlive(holder)) await removeStale(path);
    if (Date.now() > deadline) {
      throw new DatabaseError(
        'EMBEDDED_POSTGRES_FAILED',
        `process ${holder ?? '?'} holds ${path} for ${waitMs} ms`,
      );
    }
    await pause(20);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
};

const holderOf = async (path: string): Promise<number | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
};

/** A link appears with its contents or not at all, so nobody reads a lock without its holder. */
const tryCreate = async (path: string): Promise<boolean> => {
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (thrownCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
};

/** Of several that find the lock stale one moves it away; a lock that was taken meanwhile is put back. */
const removeStale = async (path: string): Promise<void> => {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const holder = await holderOf(aside);
  if (holder !== undefined && isAlive(holder)) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
};
