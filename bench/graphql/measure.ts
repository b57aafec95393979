import { spreadOf } from '../ingest/statistics.ts';
import type { Figure } from '../operate/results.ts';
import { type CoresBusy, tellCores, watchCores } from './cores.ts';
import type { Driven } from './drive.process.ts';
import { type Question, type QuestionName, QUESTIONS } from './questions.ts';
import type { Setting } from './setting.ts';
import { type Target, targetOf } from './target.ts';

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
const HALF = 0.5;
/** Above this a run is made again, so often at the most. */
const MOST_FOREIGN_CORES = 0.15;
const MOST_DISTURBED = 5;

export interface RateOptions {
  readonly aim?: number;
  /** The same work without Purser. */
  readonly limit?: NonNullable<Figure['limit']>;
  /** Whether it is asked at half the load too. */
  readonly half?: boolean;
}

export const caseOf = ({ title }: Question, connections: number): string =>
  `${title}, ${connections} connections`;

/** Requests a second and how long they take, at so many connections, and at half of that load. */
export const measureRates = async (
  setting: Setting,
  name: QuestionName,
  connections: number,
  pace: Pace,
  { aim, limit, half = false }: RateOptions,
): Promise<Measured> => {
  const question = QUESTIONS[name];
  const target = await targetOf(setting, question);
  const full = await repeat(setting, target, connections, pace);
  const rate = spreadOf(full.map(({ requestsPerSecond }) => requestsPerSecond));
  const at = caseOf(question, connections);
  const figures: Figure[] = [
    {
      ...{ case: at, measure: 'at most', unit: 'requests/s', value: rate },
      ...(aim !== undefined && { aim: { least: aim } }),
      ...(limit && { limit }),
    },
    ...latencies(at, full),
  ];
  if (half) {
    const driven = await repeat(setting, target, connections, pace, Math.round(rate.median * HALF));
    const value = spreadOf(driven.map(({ p99Ms }) => p99Ms));
    figures.push({ case: at, measure: 'p99 at half the load', unit: 'ms', value, aim: { most: 20 } });
  }
  return { figures, notes: [noteOf(at, full)] };
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

export const latencies = (at: string, runs: readonly Run[]): Figure[] => [
  { case: at, measure: 'p50', unit: 'ms', value: spreadOf(runs.map(({ p50Ms }) => p50Ms)) },
  { case: at, measure: 'p99', unit: 'ms', value: spreadOf(runs.map(({ p99Ms }) => p99Ms)) },
];

export const noteOf = (at: string, runs: readonly Run[]): string =>
  tellCores(
    at,
    runs.map(({ cores }) => cores),
  );

export interface Run extends Driven {
  readonly cores: CoresBusy | undefined;
}

/**
 * A warm-up that does not count, then the runs; one that others disturbed is made again.
 * @param rate questions a second; left out: as many as are answered
 */
export const repeat = async (
  { driver, server }: Setting,
  { pid, ...target }: Target,
  connections: number,
  { runs, seconds, isPatient }: Pace,
  rate?: number,
): Promise<Run[]> => {
  const paced = rate === undefined ? {} : { rate };
  await driver.drive({ ...target, connections, seconds: WARM_UP_SECONDS });
  const driven: Run[] = [];
  let disturbed = 0;
  while (driven.length < runs) {
    const cores = watchCores({ answersPid: pid, postgresPid: server.pid, driverPid: driver.pid });
    const run: Run = {
      ...(await driver.drive({ ...target, ...paced, connections, seconds })),
      cores: cores(),
    };
    console.error(
      `  ${Math.round(run.requestsPerSecond)} requests/s, p99 ${run.p99Ms} ms, others ${run.cores?.others.toFixed(2) ?? 'unknown'} cores`,
    );
    if (isPatient && (run.cores?.others ?? 0) > MOST_FOREIGN_CORES && disturbed < MOST_DISTURBED) {
      disturbed += 1;
      console.error('    others were at work: this run does not count');
    } else driven.push(run);
  }
  requireAnswers(driven);
  return driven;
};

const requireAnswers = (driven: readonly Driven[]): void => {
  const failed = driven.reduce((sum, run) => sum + run.failed, 0);
  if (failed > 0) throw new Error(`${failed} questions were not answered`);
};
