import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectPostgres, migrate, startEmbeddedPostgres } from '#libs/database';
import type { Generator } from './generator.ts';
import { printSchema } from './print-schema.ts';

/** migrations/schema.sql: the schema after all migrations, read from the catalogues of a fresh database. */
export const schemaSqlGenerator: Generator = {
  name: 'schema.sql',
  generate: async (root) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'purser-generate-'));
    const server = await startEmbeddedPostgres({ dataDir, durable: false });
    try {
      await migrate({ url: server.url, folder: join(root, 'migrations') });
      const sql = connectPostgres({ url: server.url });
      const content = await printSchema(sql);
      await sql.end();
      return [{ path: 'migrations/schema.sql', content }];
    } finally {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};
