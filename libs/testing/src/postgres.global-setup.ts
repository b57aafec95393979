import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, startEmbeddedPostgres } from '#libs/database';
import { createTestDatabase, TEMPLATE } from './test-database.ts';
import { publishTestServer, rememberTeardown } from './test-server.ts';

/** One server for the whole run, with a migrated template that each spec file clones. */
export default async (): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-test-'));
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  // A run that is interrupted must not leave the server behind.
  const kill = (): void => server.stopNow();
  process.once('exit', kill);
  publishTestServer({ superuserUrl: server.superuserUrl, serviceUrl: server.url });
  const url = await createTestDatabase(TEMPLATE);
  await migrate({ url });
  rememberTeardown(async () => {
    process.off('exit', kill);
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
};
