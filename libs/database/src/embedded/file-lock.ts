import { open, readFile, rm } from 'node:fs/promises';
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
    const holder = Number(await readFile(path, 'utf8').catch(() => '0'));
    // An empty file is one being written right now, unless it stays so.
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
    if (Date.now() > deadline) {
      throw new DatabaseError('EMBEDDED_POSTGRES_FAILED', `process ${holder} holds ${path} for ${waitMs} ms`);
    }
    await pause(20);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
};

const tryCreate = async (path: string): Promise<boolean> => {
  try {
    const file = await open(path, 'wx', 0o644);
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (thrownCode(error) === 'EEXIST') return false;
    throw error;
  }
};
