import { spreadOf } from '../ingest/statistics.ts';
import type { Figure } from '../operate/results.ts';
import type { Driven } from './drive.process.ts';
import { PEER_QUESTIONS, type PeerQuestion, startPeer } from './peer.ts';
import { statementRate } from './pgbench.ts';
import { type Data, type Question, type QuestionName, QUESTIONS } from './questions.ts';
import type { Setting } from './setting.ts';
import { keysOf } from './world.ts';

export interface Pace {
  readonly runs: number;
  readonly seconds: number;
}

const BODIES = 1_000;
const WARM_UP_SECONDS = 5;
const HALF = 0.5;
/** Coprime to all numbers of keys: bodies name keys from all over the world. */
const STRIDE = 7_919;

interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
}

/** Requests a second and how long they take, at so many connections, and at half of that load. */
export const measureRates = async (
  setting: Setting,
  name: 'session' | 'uses',
  connections: number,
  pace: Pace,
  aims: { readonly rate?: number },
): Promise<Figure[]> => {
  const question = QUESTIONS[name];
  const target = await targetOf(setting, question);
  const full = await repeat(setting, target, connections, pace);
  const rate = spreadOf(full.map(({ requestsPerSecond }) => requestsPerSecond));
  const half = await setting.driver.drive({
    ...{ ...target, connections, seconds: pace.seconds, rate: Math.round(rate.median * HALF) },
  });
  requireAnswers([half]);
  const at = `${question.title}, ${connections} connections`;
  const one = (value: number) => spreadOf([value]);
  return [
    {
      ...{ case: at, measure: 'at most', unit: 'requests/s', value: rate },
      ...(aims.rate !== undefined && { aim: { least: aims.rate } }),
    },
    { case: at, measure: 'p50', unit: 'ms', value: spreadOf(full.map(({ p50Ms }) => p50Ms)) },
    { case: at, measure: 'p99', unit: 'ms', value: spreadOf(full.map(({ p99Ms }) => p99Ms)) },
    { case: at, measure: 'p99 at half the load', unit: 'ms', value: one(half.p99Ms), aim: { most: 20 } },
  ];
};

/** The same tables asked by PostGraphile, and the statement alone by pgbench. */
export const measureLimits = async (
  setting: Setting,
  name: 'session' | 'uses',
  connections: readonly number[],
  pace: Pace,
  core: number | undefined,
): Promise<Figure[]> => {
  const { title } = QUESTIONS[name];
  const figures: Figure[] = [];
  const peer = await startPeer(setting.database.superuserUrl, core);
  try {
    const target = await peerTarget(setting, PEER_QUESTIONS[name], `${peer.url}/graphql`);
    for (const many of connections) {
      const runs = await repeat(setting, target, many, pace);
      const value = spreadOf(runs.map(({ requestsPerSecond }) => requestsPerSecond));
      const p99 = spreadOf(runs.map(({ p99Ms }) => p99Ms));
      const at = `${title}, ${many} connections`;
      figures.push({ case: at, measure: 'PostGraphile, at most', unit: 'requests/s', value });
      figures.push({ case: at, measure: 'PostGraphile, p99', unit: 'ms', value: p99 });
    }
  } finally {
    await peer.stop();
  }
  const alone = await statementRate(setting.database.apiUrl, setting.world, name, {
    ...{ clients: 10, seconds: pace.seconds },
  });
  if (alone === undefined) return figures;
  const of = (measure: string, value: number): Figure => ({
    ...{ case: `${title}, 10 clients`, measure, unit: 'statements/s', value: spreadOf([value]) },
  });
  return [
    ...figures,
    of('pgbench, the statement alone', alone.bare),
    of('pgbench, in its transaction', alone.scoped),
  ];
};

/** How long one question takes where few are asked at a time. */
export const measureLatency = async (
  setting: Setting,
  name: QuestionName,
  pace: Pace,
  most: number,
): Promise<Figure[]> => {
  const question = QUESTIONS[name];
  const runs = await repeat(setting, await targetOf(setting, question), 4, pace);
  const at = `${question.title}, 4 connections`;
  return [
    { case: at, measure: 'p50', unit: 'ms', value: spreadOf(runs.map(({ p50Ms }) => p50Ms)) },
    {
      ...{ case: at, measure: 'p99', unit: 'ms', value: spreadOf(runs.map(({ p99Ms }) => p99Ms)) },
      aim: { most },
    },
    {
      ...{ case: at, measure: 'at most', unit: 'requests/s' },
      value: spreadOf(runs.map(({ requestsPerSecond }) => requestsPerSecond)),
    },
  ];
};

const repeat = async (
  { driver }: Setting,
  target: Target,
  connections: number,
  { runs, seconds }: Pace,
): Promise<Driven[]> => {
  await driver.drive({ ...target, connections, seconds: WARM_UP_SECONDS });
  const driven: Driven[] = [];
  for (let run = 0; run < runs; run += 1)
    driven.push(await driver.drive({ ...target, connections, seconds }));
  requireAnswers(driven);
  return driven;
};

const requireAnswers = (driven: readonly Driven[]): void => {
  const failed = driven.reduce((sum, run) => sum + run.failed, 0);
  if (failed > 0) throw new Error(`${failed} questions were not answered`);
};

/** The bodies that are sent; some of the answers are compared with the rows first. */
const targetOf = async (setting: Setting, question: Question): Promise<Target> => {
  const { world, headSeconds, service } = setting;
  const headers = { authorization: `Bearer ${service.key}` };
  const url = `${service.url}/graphql`;
  const bodyOf = (key: number): string =>
    JSON.stringify({ query: question.query, variables: question.variables(world, key, headSeconds) });
  for (const key of someKeys(setting, 20)) {
    question.check(await ask(url, headers, bodyOf(key)), world, key);
  }
  return { url, headers, bodies: someKeys(setting, BODIES).map(bodyOf) };
};

const peerTarget = async (setting: Setting, question: PeerQuestion, url: string): Promise<Target> => {
  const { world } = setting;
  const bodyOf = (key: number): string =>
    JSON.stringify({ query: question.query, variables: question.variables(world, key) });
  for (const key of someKeys(setting, 20)) question.check(await ask(url, {}, bodyOf(key)), world, key);
  return { url, headers: {}, bodies: someKeys(setting, BODIES).map(bodyOf) };
};

const someKeys = ({ world }: Setting, count: number): number[] =>
  Array.from({ length: count }, (_, at) => (at * STRIDE) % keysOf(world));

const ask = async (url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Data> => {
  const answer = await fetch(url, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
  });
  const { data, errors } = (await answer.json()) as { data?: Data; errors?: unknown };
  if (errors !== undefined || data === undefined) throw new Error(`refused: ${JSON.stringify(errors)}`);
  return data;
};
