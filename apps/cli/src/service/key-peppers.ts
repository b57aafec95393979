import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyHasher, type KeyHasher } from '#libs/access';
import { ConfigError, type Settings } from '#libs/config';
import { z } from 'zod';

const PEPPER_BYTES = 32;
const shape = z.object({ keyPeppers: z.array(z.base64()).min(1) });

type Where = Pick<Settings, 'keyPeppers' | 'dataDir' | 'databaseUrl' | 'indexerDatabaseUrl' | 'apiDatabaseUrl'>;

/**
 * What keys are hashed with: KEY_PEPPER; beside the embedded PostgreSQL else the one in DATA_DIR/secrets.json, which is made when
 * it is first needed and readable by its owner only.
 * @throws ConfigError where the database is elsewhere and KEY_PEPPER is not set.
 */
export const loadKeyHasher = async (settings: Where): Promise<KeyHasher> => {
  const peppers = settings.keyPeppers ?? (await storedPeppers(settings));
  return createKeyHasher(peppers.map((pepper) => Buffer.from(pepper, 'base64')));
};

const storedPeppers = async (settings: Where): Promise<readonly string[]> => {
  const { dataDir, databaseUrl, indexerDatabaseUrl, apiDatabaseUrl } = settings;
  if ([databaseUrl, indexerDatabaseUrl, apiDatabaseUrl].some((url) => url !== undefined)) {
    const message = 'keys cannot be made or checked without it; it must be the one that the service has';
    throw new ConfigError([{ key: 'KEY_PEPPER', message }]);
  }
  const path = join(dataDir, 'secrets.json');
  return (await readPeppers(path)) ?? (await makePeppers(path, dataDir));
};

/** A file that is there and cannot be read is no reason to make another one: every key would be lost. */
const readPeppers = async (path: string): Promise<readonly string[] | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : shape.parse(JSON.parse(text)).keyPeppers;
};

/** Linked into place, so that of two processes one makes it, and nobody reads half of it. */
const makePeppers = async (path: string, dataDir: string): Promise<readonly string[]> => {
  await mkdir(dataDir, { recursive: true });
  const keyPeppers = [randomBytes(PEPPER_BYTES).toString('base64')];
  const part = `${path}.${process.pid}`;
  await writeFile(part, `${JSON.stringify({ keyPeppers })}\n`, { mode: 0o600 });
  try {
    await link(part, path);
    return keyPeppers;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return (await readPeppers(path)) ?? keyPeppers;
  } finally {
    await rm(part, { force: true });
  }
};

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
