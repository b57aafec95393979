import { coresFor } from '../ingest/environment.ts';
import { spreadOf } from '../ingest/statistics.ts';
import type { Figure } from '../operate/results.ts';
import { startEcho } from './driver.ts';
import { caseOf, latencies, type Measured, noteOf, type Pace, repeat } from './measure.ts';
import { PEER_QUESTIONS, startPeer } from './peer.ts';
import { statementRate } from './pgbench.ts';
import { QUESTIONS } from './questions.ts';
import type { Setting } from './setting.ts';
import { peerTarget, sampleAnswer, targetOf } from './target.ts';

type Compared = 'session' | 'uses';
const CLIENTS = 10;

/** The same tables asked by PostGraphile, at so many connections each. @returns its rates too, by connections. */
export const measurePeer = async (
  setting: Setting,
  name: Compared,
  connections: readonly number[],
  pace: Pace,
): Promise<Measured & { readonly rates: ReadonlyMap<number, number> }> => {
  const figures: Figure[] = [];
  const notes: string[] = [];
  const rates = new Map<number, number>();
  const peer = await startPeer(setting.database.superuserUrl, coresFor(true).indexer);
  try {
    const target = await peerTarget(setting, PEER_QUESTIONS[name], peer);
    for (const many of connections) {
      const runs = await repeat(setting, target, many, pace);
      const value = spreadOf(runs.map(({ requestsPerSecond }) => requestsPerSecond));
      const at = `PostGraphile: ${caseOf(QUESTIONS[name], many)}`;
      figures.push({ case: at, measure: 'at most', unit: 'requests/s', value }, ...latencies(at, runs));
      notes.push(noteOf(at, runs));
      rates.set(many, value.median);
    }
  } finally {
    await peer.stop();
  }
  return { figures, notes, rates };
};

/** What HTTP alone and the statement alone take on this machine. @returns the statement as a limit, where there is pgbench. */
export const measureLimits = async (
  setting: Setting,
  name: Compared,
  pace: Pace,
): Promise<Measured & { readonly statement: Figure['limit'] }> => {
  const { title } = QUESTIONS[name];
  const one = (at: string, measure: string, unit: string, value: number): Figure => ({
    ...{ case: at, measure, unit, value: spreadOf([value]) },
  });
  const http = await httpRate(setting, name, pace);
  const figures = [
    one(`${title}, 16 connections`, 'a server that always sends this answer', 'requests/s', http),
  ];
  const alone = await statementRate(setting.database.apiUrl, setting.world, name, {
    ...{ clients: CLIENTS, seconds: pace.seconds },
  });
  if (alone === undefined) return { figures, notes: [], statement: undefined };
  const at = `${title}, ${CLIENTS} clients`;
  return {
    figures: [
      ...figures,
      one(at, 'pgbench, the statement alone', 'statements/s', alone.bare),
      one(at, 'pgbench, in its transaction', 'statements/s', alone.scoped),
    ],
    notes: [],
    statement: { name: 'pgbench, the statement in its transaction', value: alone.scoped },
  };
};

const httpRate = async (setting: Setting, name: Compared, pace: Pace): Promise<number> => {
  const target = await targetOf(setting, QUESTIONS[name]);
  const echo = await startEcho(await sampleAnswer(target), coresFor(true).indexer);
  try {
    const same = { ...target, url: echo.url, pid: echo.pid };
    const [run] = await repeat(setting, same, 16, { ...pace, runs: 1 });
    return run!.requestsPerSecond;
  } finally {
    await echo.stop();
  }
};
