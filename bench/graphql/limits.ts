import { spreadOf } from '../ingest/statistics.ts';
import type { Figure } from '../operate/results.ts';
import { type Measured, type Pace, repeat, withEcho } from './measure.ts';
import { PEER_QUESTIONS, startPeer } from './peer.ts';
import { statementRate } from './pgbench.ts';
import { QUESTIONS } from './questions.ts';
import type { Setting } from './setting.ts';
import { peerTarget, type Target, targetOf } from './target.ts';

type Compared = 'session' | 'uses';
const CLIENTS = 10;

/** The same tables asked by PostGraphile. */
export const withPeer = async <T>(
  setting: Setting,
  name: Compared,
  work: (peer: Target) => Promise<T>,
): Promise<T> => {
  const peer = await startPeer(setting.database.superuserUrl);
  try {
    return await work(await peerTarget(setting, PEER_QUESTIONS[name], peer));
  } finally {
    await peer.stop();
  }
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
  return withEcho(target, async (echo) => {
    const [run] = await repeat(setting, echo, 16, { ...pace, runs: 1 });
    return run!.requestsPerSecond;
  });
};
