import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadSettings } from '#libs/config';
import { findService } from '../client/find-service.ts';
import { readServiceFile, removeServiceFile, writeServiceFile } from './service-file.ts';

describe('service file', () => {
  let dataDir = '';
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'purser-spec-'));
  });
  afterAll(() => rm(dataDir, { recursive: true }));
  const settings = () => loadSettings({ DATA_DIR: dataDir, PORT: '4321' });

  it('tells where the service is, until it is gone', async () => {
    await writeServiceFile(dataDir, { pid: process.pid, url: 'http://127.0.0.1:1234' });
    expect(await findService(undefined, settings)).toBe('http://127.0.0.1:1234');
    await removeServiceFile(dataDir);
    expect(await readdir(dataDir)).toEqual([]);
    expect(await findService(undefined, settings)).toBe('http://127.0.0.1:4321');
  });

  it('is not taken away by another process than the one that wrote it', async () => {
    await writeServiceFile(dataDir, { pid: process.pid + 1, url: 'http://127.0.0.1:1' });
    await removeServiceFile(dataDir);
    expect(await readServiceFile(dataDir)).toBeDefined();
  });

  it.each(['', '{', '{}', '{"pid":"1","url":"x"}'])('is as if absent when it holds %p', async (text) => {
    await writeFile(join(dataDir, 'service.json'), text);
    expect(await readServiceFile(dataDir)).toBeUndefined();
  });

  it('is not asked for when the place is given', async () => {
    expect(await findService('http://purser.example/graphql/', settings)).toBe('http://purser.example');
  });
});
