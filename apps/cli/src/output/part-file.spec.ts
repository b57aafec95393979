import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writePartFile } from './part-file.ts';

describe('a file that is there when it is whole', () => {
  let folder = '';
  let file = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'purser-part-'));
    file = join(folder, 'out');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('stands under its name at the end only, for its owner alone', async () => {
    const result = await writePartFile(file, async (write) => {
      await write('one ');
      await write(Buffer.from('two'));
      expect(await readdir(folder)).toEqual(['out.part']);
      return 2;
    });
    expect(result).toBe(2);
    expect(await readdir(folder)).toEqual(['out']);
    expect(await readFile(file, 'utf8')).toBe('one two');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing where it fails, and what stood there before as it was', async () => {
    await writeFile(file, 'before');
    const broken = new Error('broken off');
    const writing = writePartFile(file, async (write) => {
      await write('half');
      throw broken;
    });
    await expect(writing).rejects.toBe(broken);
    expect(await readdir(folder)).toEqual(['out']);
    expect(await readFile(file, 'utf8')).toBe('before');
  });

  it('follows no link that an earlier one left', async () => {
    const other = join(folder, 'other');
    await writeFile(other, 'not mine');
    await symlink(other, `${file}.part`);
    await writePartFile(file, (write) => write('mine'));
    expect(await readFile(other, 'utf8')).toBe('not mine');
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it.each([
    ['in a folder that is not there', () => Promise.resolve(join(folder, 'no', 'out'))],
    [
      'where a folder stands under its other name',
      async () => {
        await mkdir(`${file}.part`);
        return file;
      },
    ],
  ])('is refused by name %s', async (_where, fileOf) => {
    const writing = writePartFile(await fileOf(), (write) => write('x'));
    await expect(writing).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', exitCode: 73 });
  });
});
