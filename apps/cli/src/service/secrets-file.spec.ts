import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keyPeppersOf } from './secrets-file.ts';

describe('what API keys are hashed with', () => {
  let dataDir = '';
  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'purser-secrets-')), 'data');
  });
  afterEach(() => rm(join(dataDir, '..'), { recursive: true, force: true }));

  const texts = (peppers: readonly Uint8Array[]) =>
    peppers.map((pepper) => Buffer.from(pepper).toString('base64'));

  it('is made once, for its owner only, however many processes start together', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => keyPeppersOf({ dataDir })));
    const [first] = texts(all[0] ?? []);
    expect(all.map(texts)).toEqual(all.map(() => [first]));
    expect(Buffer.from(first ?? '', 'base64')).toHaveLength(32);
    expect(await readdir(dataDir)).toEqual(['secrets.json']);
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8'))).toEqual({ keyPepper: first });
  });

  it('is that of the settings, in their order', async () => {
    const keyPeppers = [Buffer.alloc(32, 1), Buffer.alloc(40, 2)].map((pepper) => pepper.toString('base64'));
    expect(texts(await keyPeppersOf({ dataDir, keyPeppers }))).toEqual(keyPeppers);
    await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  });

  it('is asked for where the database is not ours', async () => {
    const asked = keyPeppersOf({ dataDir, databaseUrl: 'postgres://a@b/c' });
    await expect(asked).rejects.toMatchObject({ code: 'KEY_PEPPER_REQUIRED', exitCode: 78 });
  });

  it.each(['', '{}', '{"keyPepper":"c2hvcnQ="}', '{"keyPepper":7}'])(
    'is not replaced where the file holds %p',
    async (text) => {
      await keyPeppersOf({ dataDir });
      await writeFile(join(dataDir, 'secrets.json'), text);
      await expect(keyPeppersOf({ dataDir })).rejects.toMatchObject({ code: 'SECRETS_MALFORMED' });
      expect(await readFile(join(dataDir, 'secrets.json'), 'utf8')).toBe(text);
    },
  );
});
