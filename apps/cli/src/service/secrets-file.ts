import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '#libs/config';
import { thrownCode } from '#libs/database';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

const PEPPER_BYTES = 32;

const shape = z.object({ keyPepper: z.base64().refine((text) => bytesOf(text).length >= PEPPER_BYTES) });

const bytesOf = (base64: string): Uint8Array => Buffer.from(base64, 'base64');

export type PepperSettings = Pick<Settings, 'keyPeppers' | 'databaseUrl' | 'apiDatabaseUrl' | 'dataDir'>;

/**
 * What hashes of API keys are made with, the first for new ones: KEY_PEPPER; beside the embedded PostgreSQL that of
 * DATA_DIR/secrets.json, made at the first start and readable by its owner only.
 * @throws CliError KEY_PEPPER_REQUIRED, SECRETS_MALFORMED
 */
export const keyPeppersOf = async (settings: PepperSettings): Promise<readonly Uint8Array[]> => {
  const { keyPeppers, databaseUrl, apiDatabaseUrl, dataDir } = settings;
  if (keyPeppers !== undefined) return keyPeppers.map(bytesOf);
  if (databaseUrl === undefined && apiDatabaseUrl === undefined) return [await pepperOf(dataDir)];
  throw new CliError('KEY_PEPPER_REQUIRED', 'hashes of API keys are made with KEY_PEPPER, which is not set', {
    exitCode: EXIT.CONFIG,
    hint: 'the same as the service has: keys that were hashed with another one would not be known to it',
  });
};

const pepperOf = async (dataDir: string): Promise<Uint8Array> => {
  const path = join(dataDir, 'secrets.json');
  const stored = await readSecret(path);
  if (stored !== undefined) return stored;
  await mkdir(dataDir, { recursive: true });
  await writeFirst(path, randomBytes(PEPPER_BYTES).toString('base64'));
  const written = await readSecret(path);
  if (written === undefined) throw malformed(path);
  return written;
};

const readSecret = async (path: string): Promise<Uint8Array | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (thrownCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return bytesOf(shape.parse(JSON.parse(text)).keyPepper);
  } catch {
    throw malformed(path);
  }
};

/** Whole or not at all, and never over that of another process that starts as we do: the first one stands. */
const writeFirst = async (path: string, keyPepper: string): Promise<void> => {
  const part = `${path}.${randomUUID()}`;
  await writeFile(part, `${JSON.stringify({ keyPepper }, null, 2)}\n`, { mode: 0o600 });
  await chmod(part, 0o600);
  try {
    await link(part, path);
  } catch (error) {
    if (thrownCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(part, { force: true });
  }
};

const malformed = (path: string): CliError =>
  new CliError('SECRETS_MALFORMED', `${path} does not hold what hashes of API keys are made with`, {
    exitCode: EXIT.CONFIG,
    hint: 'put the file back as it was: with a new one no API key that was made before is known',
  });
