import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildFolder } from './build-folder.ts';

describe('buildFolder', () => {
  let root = '';
  let compiled: string[] = [];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'purser-build-'));
    compiled = [];
    await mkdir(join(root, 'apps', 'a'), { recursive: true });
    await write('apps/a/one.ts', 'one');
    await write('apps/a/two.ts', 'two');
    await write('tsconfig.json', '{}');
  });
  afterEach(() => rm(root, { recursive: true }));

  const write = (path: string, text: string) => writeFile(join(root, path), text);
  const read = (path: string) => readFile(join(root, path), 'utf8').catch(() => undefined);

  /** Joins the sources into one file. */
  const concatenate = async (folder: string): Promise<boolean> => {
    compiled.push(await readdir(folder).then((names) => names.join()));
    const text = `${await read('apps/a/one.ts')}+${await read('apps/a/two.ts')}`;
    await writeFile(join(folder, 'out.js'), text);
    return true;
  };
  const build = (compile = concatenate) =>
    buildFolder({ root, sources: ['apps', 'tsconfig.json', 'absent.json'], compile });

  it('compiles once, and not again while nothing changed', async () => {
    expect(await build()).toBe('BUILT');
    expect(await read('dist/out.js')).toBe('one+two');
    expect(await build()).toBe('FRESH');
    expect(compiled).toHaveLength(1);
    expect((await readdir(root)).sort()).toEqual(['apps', 'dist', 'tsconfig.json']);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['edited', () => write('apps/a/one.ts', 'other')],
    ['added', () => write('apps/a/three.ts', '')],
    ['removed', () => rm(join(root, 'apps/a/two.ts'))],
    ['replaced by an older one', () => utimes(join(root, 'apps/a/one.ts'), 1, 1)],
    ['a setting', () => write('tsconfig.json', '{ }')],
  ])('compiles again, on top of the last build, when a source is %s', async (_, change) => {
    await build();
    await change();
    expect(await build()).toBe('BUILT');
    expect(compiled[1]).toContain('out.js');
    expect(await read('dist/out.js')).toBe(`${await read('apps/a/one.ts')}+${await read('apps/a/two.ts')}`);
  });

  it('leaves what is there whole until the new one is, and where that fails', async () => {
    await build();
    await write('apps/a/one.ts', 'broken');
    const broken = async (folder: string): Promise<boolean> => {
      await writeFile(join(folder, 'out.js'), 'half');
      expect(await read('dist/out.js')).toBe('one+two');
      return false;
    };
    expect(await build(broken)).toBe('FAILED');
    expect(await read('dist/out.js')).toBe('one+two');
    expect(await build()).toBe('BUILT');
    expect(await read('dist/out.js')).toBe('broken+two');
    expect((await readdir(root)).sort()).toEqual(['apps', 'dist', 'tsconfig.json']);
  });

  it('builds again what changed while it was compiled', async () => {
    await build(async (folder) => {
      await concatenate(folder);
      await write('apps/a/one.ts', 'late');
      return true;
    });
    expect(await build()).toBe('BUILT');
    expect(await read('dist/out.js')).toBe('late+two');
  });

  it('leaves in place what a quicker build of the same sources put there', async () => {
    await build(async (folder) => {
      await mkdir(join(root, 'dist'));
      await write('dist/.sources', 'another');
      return concatenate(folder);
    });
    expect(await read('dist/out.js')).toBe('one+two');
    const stamp = (await read('dist/.sources')) ?? '';
    await write('dist/.sources', 'old');
    await build(async (folder) => {
      await write('dist/.sources', stamp);
      await write('dist/out.js', 'quicker');
      return concatenate(folder);
    });
    expect(await read('dist/out.js')).toBe('quicker');
  });

  it('removes what a killed build left', async () => {
    await mkdir(join(root, 'dist.next-999999999'));
    await mkdir(join(root, `dist.next-${process.ppid}`));
    await build();
    expect((await readdir(root)).sort()).toEqual([
      ...['apps', 'dist', `dist.next-${process.ppid}`, 'tsconfig.json'],
    ]);
  });
});
