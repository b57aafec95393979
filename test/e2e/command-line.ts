import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { demoKeyOf } from '#libs/access';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'dist', 'apps', 'cli', 'src', 'main.js');

/** Decorators need a compiler, so what runs as a process of its own is the build that users run. */
export const buildCommandLine = (): void => {
  const build = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.ts')], { encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`the build fails:\n${build.stdout}${build.stderr}`);
};

export type Environment = Readonly<Record<string, string>>;

export interface Finished {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** Where the process runs, and as whom. */
export interface Place {
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

const launch = (args: readonly string[], environment: Environment, place: Place = {}) => {
  const child = spawn(process.execPath, [MAIN, ...args], {
    ...place,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.err += part));
  return { child, text };
};

/** Runs one command to its end. */
export const purser = async (args: string, environment: Environment): Promise<Finished> => {
  const { child, text } = launch(args.split(' '), environment);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, ...text };
};

/** A key as an operator makes one on the host. The schema must be there. */
export const makeKey = async (environment: Environment, role = 'admin'): Promise<string> => {
  const { out, err } = await purser(`keys create --role ${role} --json`, environment);
  if (out === '') throw new Error(`no key is made: ${err}`);
  return (JSON.parse(out) as { readonly key: string }).key;
};

interface Places {
  readonly pid: number;
  readonly url: string;
  readonly rpcUrl: string;
  readonly sandbox: boolean;
}

/** A service as a process. */
export interface Started extends Places {
  readonly isRunning: () => boolean;
  /** Sends the signal without waiting. */
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly stop: (
    signal: NodeJS.Signals,
  ) => Promise<{ readonly exitCode: number | null; readonly durationMs: number }>;
}

/** `purser start`, killed as soon as its log says this. */
export const startAndKill = async (environment: Environment, atText: string): Promise<void> => {
  const { child, text } = launch(['start', '--json'], { ...environment, LOG_LEVEL: 'debug' });
  const ended = once(child, 'close');
  child.stderr.on('data', () => {
    if (text.err.includes(atText)) child.kill('SIGKILL');
  });
  await ended;
  if (child.signalCode !== 'SIGKILL') throw new Error(`start ended by itself: ${text.err}`);
};

/** `purser start`, when everything is up. */
export const startPurser = async (environment: Environment, place?: Place): Promise<Started> => {
  const { child, text } = launch(['start', '--json'], environment, place);
  const ended = once(child, 'close');
  while (!text.out.includes('\n')) {
    const [part] = await Promise.race([once(child.stdout, 'data'), ended.then(() => [undefined])]);
    if (part === undefined && !text.out.includes('\n')) throw new Error(`start ended: ${text.err}`);
  }
  return {
    ...(JSON.parse(text.out) as Places),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    kill: (signal) => void child.kill(signal),
    stop: async (signal) => {
      const startedMs = performance.now();
      child.kill(signal);
      const [exitCode] = (await ended) as [number | null];
      return { exitCode, durationMs: performance.now() - startedMs };
    },
  };
};

/** As an admin of the sandbox, or with another key. */
export const askGraphql = async (
  url: string,
  query: string,
  key = demoKeyOf('ADMIN').text,
): Promise<unknown> => {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({ query }),
  });
  return answer.json();
};
