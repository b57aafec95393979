import type { Peer, PeerQuestion } from './peer.ts';
import type { Data, Question } from './questions.ts';
import type { Setting } from './setting.ts';
import { keysOf } from './world.ts';

/** Where bodies are sent, and by which process they are answered. */
export interface Target {
  readonly url: string;
  /** Of those who ask, in turns. */
  readonly headers: readonly Readonly<Record<string, string>>[];
  readonly bodies: readonly string[];
  readonly pid: number;
}

const BODIES = 1_000;
const CHECKED = 20;
/** Coprime to all numbers of keys: bodies name keys from all over the world. */
const STRIDE = 7_919;

/** The bodies that are sent; some of the answers are compared with the rows first, asked at once as they will be. */
export const targetOf = async (
  setting: Setting,
  question: Question,
  keys: readonly string[] = [setting.service.key],
): Promise<Target> => {
  const { world, headSeconds, service } = setting;
  const headers = keys.map((key) => ({ authorization: `Bearer ${key}` }));
  const url = `${service.url}/graphql`;
  const bodyOf = (key: number): string =>
    JSON.stringify({ query: question.query, variables: question.variables(world, key, headSeconds) });
  const check = async (key: number, at: number): Promise<void> => {
    const answer = await ask(url, headers[at % headers.length]!, bodyOf(key));
    question.check(dataOf(answer), world, key, headSeconds);
  };
  await Promise.all(someKeys(setting, CHECKED).map(check));
  return { url, headers, bodies: someKeys(setting, BODIES).map(bodyOf), pid: service.pid };
};

export const peerTarget = async (setting: Setting, question: PeerQuestion, peer: Peer): Promise<Target> => {
  const { world } = setting;
  const url = `${peer.url}/graphql`;
  const bodyOf = (key: number): string =>
    JSON.stringify({ query: question.query, variables: question.variables(world, key) });
  for (const key of someKeys(setting, CHECKED))
    question.check(dataOf(await ask(url, {}, bodyOf(key))), world, key);
  return { url, headers: [{}], bodies: someKeys(setting, BODIES).map(bodyOf), pid: peer.pid };
};

/** What one of them is answered, as it was sent. */
export const sampleAnswer = async ({ url, headers, bodies }: Target): Promise<string> =>
  ask(url, headers[0]!, bodies[0]!);

const someKeys = ({ world }: Setting, count: number): number[] =>
  Array.from({ length: count }, (_, at) => (at * STRIDE) % keysOf(world));

const ask = async (url: string, headers: Readonly<Record<string, string>>, body: string): Promise<string> => {
  const answer = await fetch(url, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
  });
  return answer.text();
};

const dataOf = (text: string): Data => {
  const { data, errors } = JSON.parse(text) as { data?: Data; errors?: unknown };
  if (errors !== undefined || data === undefined) throw new Error(`refused: ${text.slice(0, 1_000)}`);
  return data;
};
