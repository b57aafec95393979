import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadSettings } from '#libs/config';
import { findService, type PlaceOptions } from '../client/find-service.ts';
import { readServiceFile, removeServiceFile, writeServiceFile } from './service-file.ts';

describe('service file', () => {
  let dataDir = '';
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'purser-spec-'));
  });
  afterAll(() => rm(dataDir, { recursive: true }));
  const settings = () => loadSettings({ DATA_DIR: dataDir, PORT: '4321' });

  it('tells where the service is, until it is gone', async () => {
    await writeServiceFile(dataDir, { pid: process.pid, url: 'http://127.0.0.1:1234', sandbox: false });
    expect(await findService({}, settings)).toEqual({ url: 'http://127.0.0.1:1234', key: undefined });
    await removeServiceFile(dataDir);
    expect(await readdir(dataDir)).toEqual([]);
    expect((await findService({}, settings)).url).toBe('http://127.0.0.1:4321');
  });

  it('is not taken away by another process than the one that wrote it', async () => {
    await writeServiceFile(dataDir, { pid: process.pid + 1, url: 'http://127.0.0.1:1', sandbox: false });
    await removeServiceFile(dataDir);
    expect(await readServiceFile(dataDir)).toBeDefined();
  });

  it.each(['', '{', '{}', '{"pid":"1","url":"x"}'])('is as if absent when it holds %p', async (text) => {
    await writeFile(join(dataDir, 'service.json'), text);
    expect(await readServiceFile(dataDir)).toBeUndefined();
  });

  it('is not asked for when the place is given', async () => {
    const { url } = await findService({ url: 'http://purser.example/graphql/' }, settings);
    expect(url).toBe('http://purser.example');
  });

  it('lets the key of the sandbox be used with the sandbox that runs here, and nothing else', async () => {
    const here = 'http://127.0.0.1:1234';
    await writeServiceFile(dataDir, { pid: process.pid, url: here, sandbox: true });
    const keyFor = async (options: PlaceOptions, own?: string) => {
      const environment = { DATA_DIR: dataDir, ...(own !== undefined && { PURSER_KEY: own }) };
      return (await findService(options, () => loadSettings(environment))).key;
    };
    expect(await keyFor({})).toMatch(/^pur_demo_ADMIN/);
    expect(await keyFor({ url: `${here}/graphql` })).toMatch(/^pur_demo_ADMIN/);
    expect(await keyFor({ url: 'http://purser.example' })).toBeUndefined();
    expect(await keyFor({}, 'mine')).toBe('mine');
    expect(await keyFor({ key: 'given' }, 'mine')).toBe('given');
    await removeServiceFile(dataDir);
  });
});
