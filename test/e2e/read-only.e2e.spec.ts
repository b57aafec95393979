import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSandbox, type Sandbox } from '#libs/sandbox';
import { withDatabase } from '#libs/testing';
import { buildCommandLine, makeKey, type Place, purser, type Started, startPurser } from './command-line.ts';

jest.setTimeout(120_000);

/** Root may write anywhere: then the service runs as the user that owns nothing. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

describe('a folder that cannot be written, as in a container', () => {
  const database = withDatabase({ migrated: false });
  let folder = '';
  let chain: Sandbox;
  let started: Started | undefined;
  let place: Place;

  beforeAll(async () => {
    buildCommandLine();
    folder = await mkdtemp(join(tmpdir(), 'purser-e2e-'));
    await chmod(folder, 0o555);
    place = { cwd: folder, ...NOBODY };
    chain = createSandbox();
  });

  afterAll(async () => {
    if (started?.isRunning() === true) await started.stop('SIGTERM');
    await chain.close();
    await chmod(folder, 0o755);
    await rm(folder, { recursive: true, force: true });
  });

  it('is enough for a service with a database and a node of its own', async () => {
    const { url } = await chain.listen({ port: 0 });
    const more = { STARKNET_RPC_URL: url, PORT: '0', LOG_LEVEL: 'fatal' };
    const environment = { ...database.environment, ...more };
    started = await startPurser(environment, place);
    expect((await fetch(`${started.url}/livez`)).status).toBe(200);
    expect(await readdir(folder)).toEqual([]);
    const status = (key: string) =>
      purser(`status --url ${started!.url}`, { ...environment, PURSER_KEY: key });
    expect((await status(await makeKey(environment))).exitCode).toBe(0);
    expect(await status('')).toMatchObject({ exitCode: 77, err: expect.stringContaining('UNAUTHENTICATED') });
    expect((await started.stop('SIGTERM')).exitCode).toBe(0);
  });

  it('is not enough for a sandbox, which keeps its chain there', async () => {
    const more = { PORT: '0', SANDBOX_RPC_PORT: '0', LOG_LEVEL: 'fatal' };
    const environment = { ...database.environment, ...more };
    await expect(startPurser(environment, place)).rejects.toThrow('EACCES');
  });
});
