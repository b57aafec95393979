import { join } from 'node:path';
import { connectPostgres, migrate, startTemporaryPostgres } from '#libs/database';
import type { Generator } from './generator.ts';
import { printSchema } from './print-schema.ts';

/** migrations/schema.sql: the schema after all migrations, read from the catalogues of a fresh database. */
export const schemaSqlGenerator: Generator = {
  name: 'schema.sql',
  generate: async (root) => {
    const server = await startTemporaryPostgres();
    try {
      await migrate({ url: server.url, folder: join(root, 'migrations') });
      const sql = connectPostgres({ url: server.url });
      const content = await printSchema(sql);
      await sql.end();
      return [{ path: 'migrations/schema.sql', content }];
    } finally {
      await server.stop();
    }
  },
};
