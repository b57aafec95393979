import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** DATA_DIR/postgres.json: what a second start needs to find the server of the first. */
export interface ServerState {
  readonly pid: number;
  readonly port: number;
  readonly clusterDir: string;
  readonly superuserPassword: string;
  /** Of the owner of the tables. */
  readonly password: string;
  readonly indexerPassword: string;
  readonly apiPassword: string;
}

const FILE = 'postgres.json';

export const newPassword = (): string => randomBytes(24).toString('hex');

export const readState = async (dataDir: string): Promise<ServerState | undefined> => {
  const text = await readFile(join(dataDir, FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    // An older Purser, which had one role for everything, did not write all of them.
    const fresh = { indexerPassword: newPassword(), apiPassword: newPassword() };
    return { ...fresh, ...(JSON.parse(text) as ServerState) };
  } catch {
    return undefined;
  }
};

/** Written whole or not at all, readable by its owner only. */
export const writeState = async (dataDir: string, state: ServerState): Promise<void> => {
  const part = join(dataDir, `${FILE}.${process.pid}`);
  await writeFile(part, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await chmod(part, 0o600);
  await rename(part, join(dataDir, FILE));
};
