import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, startEmbeddedPostgres, startTemporaryPostgres } from '#libs/database';
import { createTestDatabase, TEMPLATE } from './test-database.ts';
import { publishTestServer, rememberTeardown } from './test-server.ts';

const PREFIX = 'purser-test-';

/** One server for the whole run, with a migrated template that each spec file clones. */
export default async (): Promise<void> => {
  await sweepKilledRuns();
  const server = await startTemporaryPostgres({ prefix: `${PREFIX}${process.pid}-` });
  // A run that is interrupted must not leave the server behind.
  const kill = (): void => server.stopNow();
  process.once('exit', kill);
  publishTestServer({ superuserUrl: server.superuserUrl, urls: server.urls });
  const { owner } = await createTestDatabase(TEMPLATE);
  await migrate({ url: owner });
  rememberTeardown(async () => {
    process.off('exit', kill);
    await server.stop();
  });
};

/** A run that got kill -9 leaves its server and its folder, which is named after the run's process. */
const sweepKilledRuns = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}([0-9]+)-`).exec(name)?.[1] ?? 0);
    if (pid === 0 || isAlive(pid)) continue;
    const dataDir = join(tmpdir(), name);
    const left = await startEmbeddedPostgres({ dataDir, durable: false }).catch(() => undefined);
    await left?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
