import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/apps/cli/src/main.js', import.meta.url));

/** A service that only answers, as users run it: access, row-level security and limits on. */
export interface BenchService {
  readonly url: string;
  readonly pid: number;
  readonly key: string;
  /** A key of an admin of that organisation. */
  keyOf(organisation: string): Promise<string>;
  stop(): Promise<void>;
}

export interface ServicePlace {
  readonly ownerUrl: string;
  readonly apiUrl: string;
  readonly nodeUrl: string;
  readonly nodeFlags: readonly string[];
}

const PEPPER = Buffer.alloc(32, 7).toString('base64');

/** Starts the service and makes a key of an admin for it. */
export const startService = async (place: ServicePlace): Promise<BenchService> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-graphql-'));
  const create = async (...flags: string[]): Promise<string> => {
    const made = await run(['keys', 'create', '--role', 'admin', '--json', ...flags], {
      ...{ DATABASE_URL: place.ownerUrl, KEY_PEPPER: PEPPER, DATA_DIR: dataDir },
    });
    return (JSON.parse(made) as { key: string }).key;
  };
  const key = await create();
  const child = spawn(process.execPath, [...place.nodeFlags, MAIN, 'start', '--json'], {
    env: {
      ...{
        PURSER_ROLES: 'api',
        API_DATABASE_URL: place.apiUrl,
        KEY_PEPPER: PEPPER,
        DATA_DIR: dataDir,
        PORT: '0',
        // Everything is counted as always; one key asks here what thousands do elsewhere.
        RATE_UNITS_PER_MINUTE: '100000000',
      },
      ...{ STARKNET_RPC_URL: place.nodeUrl, NODE_ENV: 'production', LOG_LEVEL: 'fatal' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('the service ended');
    }),
  ])) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await rm(dataDir, { recursive: true, force: true });
  };
  process.once('exit', () => child.kill('SIGKILL'));
  return { url, pid: child.pid!, key, keyOf: (name) => create('--organisation', name), stop };
};

const run = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> => {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`purser ${args.join(' ')} ended with ${String(code)}`);
  return out;
};
