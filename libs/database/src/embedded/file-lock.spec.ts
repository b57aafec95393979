import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pause, withFileLock } from './file-lock.ts';

/** Above the largest process id of Linux and macOS. */
const DEAD_PROCESS = 2 ** 22 + 1;

describe('withFileLock', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'purser-lock-'));
    path = join(folder, 'lock');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lets one in at a time, and leaves nothing behind', async () => {
    let inside = 0;
    const work = () =>
      withFileLock(path, async () => {
        inside += 1;
        await pause(5);
        const seen = inside;
        inside -= 1;
        return seen;
      });
    expect(await Promise.all([work(), work(), work()])).toEqual([1, 1, 1]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over what a dead process left, one at a time', async () => {
    await writeFile(path, String(DEAD_PROCESS));
    let inside = 0;
    const work = () =>
      withFileLock(path, async () => {
        inside += 1;
        await pause(5);
        return inside--;
      });
    expect(await Promise.all([work(), work(), work()])).toEqual([1, 1, 1]);
  });

  it('gives up when a living process holds on, and names it', async () => {
    await writeFile(path, String(process.pid));
    await expect(withFileLock(path, () => Promise.resolve(), 50)).rejects.toThrow(
      `process ${process.pid} holds`,
    );
  });

  it('is given back when the work fails', async () => {
    await expect(withFileLock(path, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await withFileLock(path, () => Promise.resolve('free'))).toBe('free');
  });
});
