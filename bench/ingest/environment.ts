import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem, uptime } from 'node:os';
import { canPin } from './child.ts';

const MOST_LOAD = 0.8;

export interface Environment {
  readonly measuredAt: string;
  readonly commit: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly uptimeSeconds: number;
  readonly load: readonly number[];
  readonly packages: Readonly<Record<string, string>>;
}

export const readEnvironment = (): Environment => ({
  measuredAt: new Date().toISOString(),
  commit: commitOf(),
  node: process.version,
  platform: `${platform()} ${arch()}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
  uptimeSeconds: Math.round(uptime()),
  load: loadavg(),
  packages: packageVersions(['kysely', 'postgres', 'undici', '@scure/starknet']),
});

const commitOf = (): string => {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', 'libs') === '' ? '' : ' and changes')
    );
  } catch {
    return 'unknown';
  }
};

const packageVersions = (names: readonly string[]): Record<string, string> => {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as {
    dependencies: Record<string, string>;
  };
  return Object.fromEntries(names.map((name) => [name, dependencies[name] ?? 'unknown']));
};

/** The feed on one core, the indexer on the other, the database server where there is room. */
export const coresFor = (pin: boolean): { indexer: number | undefined; feed: number | undefined } =>
  pin && canPin && cpus().length > 1 ? { indexer: 0, feed: 1 } : { indexer: undefined, feed: undefined };

/** CPU seconds that all processes of this machine have taken since it started; nothing where /proc is not there. */
export const machineCpuSeconds = (): number | undefined => {
  const times = machineTimes();
  if (times === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = times;
  return user + nice + system + interrupts + softInterrupts;
};

/** CPU seconds that the host of this virtual machine gave to others while work waited here; nothing where /proc is not there. */
export const stolenCpuSeconds = (): number | undefined => machineTimes()?.[7];

/** The first line of /proc/stat, in seconds. */
const machineTimes = (): number[] | undefined => {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    return line
      .split(/\s+/)
      .slice(1)
      .map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  } catch {
    return undefined;
  }
};

const TICKS_PER_SECOND = 100;

/** @throws Error on a busy machine: what is measured there is the neighbours. */
export const requireQuietMachine = (force: boolean): void => {
  const [load = 0] = loadavg();
  if (load <= MOST_LOAD) return;
  const said = `the load is ${load.toFixed(2)}, above ${MOST_LOAD}`;
  if (!force)
    throw new Error(`${said}: wait, or look at how it works with --force (nothing is written then)`);
  console.error(`${said}: these figures are of no use`);
};
