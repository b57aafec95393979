import { setTimeout as delay } from 'node:timers/promises';
import { spreadOf } from '../ingest/statistics.ts';
import type { Figure } from '../operate/results.ts';
import { type CoresBusy, tellCores, watchCores } from './cores.ts';
import type { Driven } from './drive.process.ts';
import { startEcho } from './driver.ts';
import { type Question, type QuestionName, QUESTIONS } from './questions.ts';
import type { Setting } from './setting.ts';
import { sampleAnswer, type Target, targetOf } from './target.ts';

export interface Pace {
  readonly runs: number;
  readonly seconds: number;
  /** Whether runs that others disturbed are made again. */
  readonly isPatient: boolean;
}

/** Figures, and who kept the cores busy while they were measured. */
export interface Measured {
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

const WARM_UP_SECONDS = 8;
/** Of what is answered at most. */
const HALF = 0.5;
/** Above these a run is made again, so often at the most. */
const MOST_FOREIGN_CORES = 0.15;
const MOST_STOLEN_CORES = 0.03;
const MOST_DISTURBED = 2;
/** A host that is busy is so for a while. */
const PAUSE_MS = 3_000;

export interface RateOptions {
  readonly aim?: number;
  /** The same work without Purser. */
  readonly limit?: NonNullable<Figure['limit']>;
  /** Of those who ask, in turns; left out: one organisation asks all of it. */
  readonly keys?: readonly string[];
  /** What the case is called besides. */
  readonly beside?: string;
  /** Who is asked the same in turns. */
  readonly peer?: Target | undefined;
}

const caseOf = ({ title }: Question, connections: number): string => `${title}, ${connections} connections`;

/** What somebody answers at most. */
export interface Load {
  readonly at: string;
  readonly target: Target;
  readonly connections: number;
  /** Requests a second. */
  readonly most: number;
}

/** Figures, and what each answers at most: the service, and the peer. */
export interface MeasuredRates extends Measured {
  readonly own: Load;
  readonly ofPeer?: Load;
}

/** Requests a second and how long they take, at so many connections; beside a peer, in turns with it. */
export const measureRates = async (
  setting: Setting,
  name: QuestionName,
  connections: number,
  pace: Pace,
  { aim, limit, keys, beside = '', peer }: RateOptions,
): Promise<MeasuredRates> => {
  const question = QUESTIONS[name];
  const target = await targetOf(setting, question, keys);
  const [full = [], ofPeer = []] = await inTurns(setting, [{ target }, ...asPeer(peer)], connections, pace);
  const at = caseOf(question, connections) + beside;
  const [rate, ...rest] = ratesOf(at, full);
  const figures = [
    ...(rate
      ? [{ ...rate, ...(aim !== undefined && { aim: { least: aim } }), ...(limit && { limit }) }]
      : []),
    ...rest,
    ...(peer ? [besidePeer(at, full, ofPeer), ...ratesOf(nameOfPeer(at), ofPeer)] : []),
  ];
  const own = { at, target, connections, most: rateOf(full).median };
  const notes = [noteOf(at, full), ...(peer ? [noteOf(nameOfPeer(at), ofPeer)] : [])];
  if (peer === undefined) return { figures, notes, own };
  const load = { at: nameOfPeer(at), target: peer, connections, most: rateOf(ofPeer).median };
  return { figures, notes, own, ofPeer: load };
};

const nameOfPeer = (at: string): string => `PostGraphile: ${at}`;

const asPeer = (peer: Target | undefined) => (peer === undefined ? [] : [{ target: peer }]);

const rateOf = (runs: readonly Run[]) => spreadOf(runs.map(({ requestsPerSecond }) => requestsPerSecond));

const ratesOf = (at: string, runs: readonly Run[]): Figure[] => [
  { case: at, measure: 'at most', unit: 'requests/s', value: rateOf(runs) },
  ...latencies(at, runs),
];

/** Turn by turn: what the machine gave to one it gave to the other. */
const besidePeer = (at: string, own: readonly Run[], peer: readonly Run[]): Figure => {
  const value = spreadOf(
    own.map((run, turn) => run.requestsPerSecond / (peer[turn]?.requestsPerSecond ?? NaN)),
  );
  return { case: at, measure: 'as many as PostGraphile', unit: 'times', value, aim: { least: 1 } };
};

/** At half of what it answers at most. @param idle processes that have no core meanwhile */
export const measureHalf = async (
  setting: Setting,
  load: Load,
  pace: Pace,
  idle: readonly number[] = [],
): Promise<Figure> => ({
  ...{ case: load.at, measure: 'p99 at half the load', unit: 'ms' },
  value: await latenessOf(setting, load, load.target, pace, idle),
});

/** The same of the service, beside what HTTP alone takes at that rate. */
export const measureOwnHalf = async (setting: Setting, load: Load, pace: Pace): Promise<Figure> => {
  const figure = await measureHalf(setting, load, pace);
  const { target } = load;
  const least = await withEcho(target, (echo) => latenessOf(setting, load, echo, pace, [target.pid]));
  return {
    ...figure,
    aim: { most: 20 },
    limit: { name: 'a server that always sends this answer', value: least.median },
  };
};

const latenessOf = async (
  setting: Setting,
  { connections, most }: Load,
  target: Target,
  pace: Pace,
  idle: readonly number[],
): Promise<Figure['value']> => {
  const asked = { target, rate: Math.round(most * HALF) };
  const [runs = []] = await inTurns(setting, [asked], connections, pace, idle);
  return spreadOf(runs.map(({ p99Ms }) => p99Ms));
};

/** What HTTP alone takes: something that is asked the same and always sends one answer. */
export const withEcho = async <T>(target: Target, work: (echo: Target) => Promise<T>): Promise<T> => {
  const echo = await startEcho(await sampleAnswer(target));
  try {
    return await work({ ...target, url: echo.url, pid: echo.pid });
  } finally {
    await echo.stop();
  }
};

/**
 * How long one question takes where few are asked at a time.
 * @param beside what happens meanwhile
 */
export const measureLatency = async (
  setting: Setting,
  name: QuestionName,
  pace: Pace,
  most: number,
  beside = '',
): Promise<Measured> => {
  const question = QUESTIONS[name];
  const runs = await repeat(setting, await targetOf(setting, question), 4, pace);
  const at = caseOf(question, 4) + beside;
  const [p50, p99] = latencies(at, runs) as [Figure, Figure];
  const rate = spreadOf(runs.map(({ requestsPerSecond }) => requestsPerSecond));
  return {
    figures: [
      p50,
      { ...p99, aim: { most } },
      { case: at, measure: 'at most', unit: 'requests/s', value: rate },
    ],
    notes: [noteOf(at, runs)],
  };
};

const latencies = (at: string, runs: readonly Run[]): Figure[] => [
  { case: at, measure: 'p50', unit: 'ms', value: spreadOf(runs.map(({ p50Ms }) => p50Ms)) },
  { case: at, measure: 'p99', unit: 'ms', value: spreadOf(runs.map(({ p99Ms }) => p99Ms)) },
];

const noteOf = (at: string, runs: readonly Run[]): string =>
  tellCores(
    at,
    runs.map(({ cores }) => cores),
  );

export interface Run extends Driven {
  readonly cores: CoresBusy | undefined;
}

interface Asked {
  readonly target: Target;
  /** Questions a second; left out: as many as are answered. */
  readonly rate?: number;
}

export const repeat = async (
  setting: Setting,
  target: Target,
  connections: number,
  pace: Pace,
): Promise<Run[]> => (await inTurns(setting, [{ target }], connections, pace))[0] ?? [];

/**
 * A warm-up of each that does not count, then runs of all in turns: a machine that is slow for a while is slow for all. A turn that others
 * disturbed is made again, after a while. @returns the runs of each
 */
const inTurns = async (
  setting: Setting,
  asked: readonly Asked[],
  connections: number,
  { runs, seconds, isPatient }: Pace,
  idle: readonly number[] = [],
): Promise<Run[][]> => {
  const run = (one: Asked, forSeconds: number): Promise<Run> =>
    whileStopped([...idle, ...pidsWithout(asked, one)], () => runOf(setting, one, connections, forSeconds));
  for (const one of asked) await run({ target: one.target }, WARM_UP_SECONDS);
  const turns: Run[][] = [];
  let disturbed = 0;
  while (turns.length < runs) {
    const turn: Run[] = [];
    for (const one of asked) turn.push(await run(one, seconds));
    console.error(turn.map(tellRun).join('\n'));
    if (isPatient && turn.some(({ cores }) => isDisturbed(cores)) && disturbed < MOST_DISTURBED) {
      disturbed += 1;
      console.error('    others were at work: this turn does not count');
      await delay(PAUSE_MS);
    } else turns.push(turn);
  }
  requireAnswers(turns.flat());
  return asked.map((_one, place) => turns.map((turn) => turn[place]!));
};

const pidsWithout = (all: readonly Asked[], one: Asked): number[] =>
  all.map(({ target }) => target.pid).filter((pid) => pid !== one.target.pid);

/** Whoever is not asked has no core meanwhile: processes that wait have work of their own. */
const whileStopped = async <T>(pids: readonly number[], work: () => Promise<T>): Promise<T> => {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
};

const runOf = async (
  { driver, server }: Setting,
  { target: { pid, ...target }, rate }: Asked,
  connections: number,
  seconds: number,
): Promise<Run> => {
  const paced = rate === undefined ? {} : { rate };
  const cores = watchCores({ answersPid: pid, postgresPid: server.pid, driverPid: driver.pid });
  const driven = await driver.drive({ ...target, ...paced, connections, seconds });
  return { ...driven, cores: cores() };
};

const tellRun = (run: Run): string =>
  `  ${Math.round(run.requestsPerSecond)} requests/s, p99 ${run.p99Ms.toFixed(1)} ms, ${tellDisturbance(run.cores)}`;

const isDisturbed = (cores: CoresBusy | undefined): boolean =>
  cores !== undefined && (cores.others > MOST_FOREIGN_CORES || cores.stolen > MOST_STOLEN_CORES);

const tellDisturbance = (cores: CoresBusy | undefined): string =>
  cores === undefined
    ? 'what others took is unknown'
    : `others ${cores.others.toFixed(2)} cores, the host ${cores.stolen.toFixed(2)}`;

const requireAnswers = (driven: readonly Driven[]): void => {
  const failed = driven.reduce((sum, run) => sum + run.failed, 0);
  if (failed > 0) throw new Error(`${failed} questions were not answered`);
};
