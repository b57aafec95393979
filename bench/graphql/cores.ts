import { readFileSync } from 'node:fs';
import { serverCpuSeconds } from '../ingest/bench-database.ts';
import { machineCpuSeconds, stolenCpuSeconds } from '../ingest/environment.ts';

/** Cores that were kept busy on average; nothing where /proc is not there. */
export interface CoresBusy {
  /** Whoever answers: the service, PostGraphile, or the limit beside them. */
  readonly answers: number;
  readonly postgres: number;
  readonly driver: number;
  /** Everybody else on the machine. */
  readonly others: number;
  /** What the host of a virtual machine gave to somebody else while work waited here. */
  readonly stolen: number;
}

interface Watched {
  readonly answersPid: number;
  readonly postgresPid: number;
  readonly driverPid: number;
}

const TICKS_PER_SECOND = 100;

const cpuSecondsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};

interface Seconds extends CoresBusy {
  readonly atMs: number;
}

/** What each has taken since it started; `others` is the whole machine without them. */
const secondsOf = ({ answersPid, postgresPid, driverPid }: Watched): Seconds | undefined => {
  try {
    const [machine, stolen, postgres] = [
      machineCpuSeconds(),
      stolenCpuSeconds(),
      serverCpuSeconds(postgresPid),
    ];
    if (machine === undefined || stolen === undefined || postgres === undefined) return undefined;
    const [answers, driver] = [cpuSecondsOf(answersPid), cpuSecondsOf(driverPid)];
    const harness = process.cpuUsage();
    const known = answers + postgres + driver + (harness.user + harness.system) / 1e6;
    return { answers, postgres, driver, others: machine - known, stolen, atMs: performance.now() };
  } catch {
    return undefined;
  }
};

/** From now until the answer is asked for. */
export const watchCores = (watched: Watched): (() => CoresBusy | undefined) => {
  const before = secondsOf(watched);
  return () => {
    const after = secondsOf(watched);
    if (before === undefined || after === undefined) return undefined;
    const seconds = (after.atMs - before.atMs) / 1_000;
    const cores = (name: keyof CoresBusy): number => Math.max(0, (after[name] - before[name]) / seconds);
    return {
      ...{ answers: cores('answers'), postgres: cores('postgres') },
      ...{ driver: cores('driver'), others: cores('others'), stolen: cores('stolen') },
    };
  };
};

/** A line of the results. */
export const tellCores = (name: string, all: readonly (CoresBusy | undefined)[]): string => {
  const known = all.filter((one) => one !== undefined);
  if (known.length === 0) return `- ${name}: who kept the cores busy is not known here.`;
  const mean = (part: keyof CoresBusy): string =>
    (known.reduce((sum, one) => sum + one[part], 0) / known.length).toFixed(2);
  return (
    `- ${name}: who answered kept ${mean('answers')} cores busy, PostgreSQL ${mean('postgres')}, ` +
    `who asked ${mean('driver')}, others ${mean('others')}; the host took ${mean('stolen')}.`
  );
};
