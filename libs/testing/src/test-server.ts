/** Set in the environment of the Jest workers by the global setup. Not PURSER_*: those are settings. */
const VARIABLE = 'TEST_POSTGRES_SERVER';

/** One database, as each of its roles. */
export interface DatabaseUrls {
  readonly owner: string;
  readonly indexer: string;
  readonly api: string;
}

export interface TestServer {
  readonly superuserUrl: string;
  /** In the server's own database. */
  readonly urls: DatabaseUrls;
}

export const publishTestServer = (server: TestServer): void => {
  process.env[VARIABLE] = JSON.stringify(server);
};

export const requireTestServer = (): TestServer => {
  const text = process.env[VARIABLE];
  if (text === undefined) {
    throw new Error('no test server: a spec with Postgres is named x.int.spec.ts or x.e2e.spec.ts');
  }
  return JSON.parse(text) as TestServer;
};

const holder = globalThis as { purserTestTeardown?: () => Promise<void> };

export const rememberTeardown = (teardown: () => Promise<void>): void => {
  holder.purserTestTeardown = teardown;
};

export const runTeardown = async (): Promise<void> => {
  await holder.purserTestTeardown?.();
};
