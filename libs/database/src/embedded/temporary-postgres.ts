import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

/** A server that is gone with its data after `stop`. For tests, measurements and generated files. */
export const startTemporaryPostgres = async (
  options: { readonly durable?: boolean; readonly prefix?: string } = {},
): Promise<EmbeddedPostgres> => {
  const dataDir = await mkdtemp(join(tmpdir(), options.prefix ?? 'purser-temporary-'));
  // mkdtemp lets only us in, and the server may run as another user.
  await chmod(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir, durable: options.durable ?? false });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
