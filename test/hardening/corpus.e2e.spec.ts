import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asAddress, asKey, testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import { at, HEAD, withServer } from '../api/with-server.ts';
import { HOSTILE_COSTS } from './corpus/costs.ts';
import { FIRST_PAGE, hostileCursors } from './corpus/cursors.ts';
import { HOSTILE_DOCUMENTS } from './corpus/documents.ts';
import { CANARY, type HostileEntry } from './corpus/entry.ts';
import { HOSTILE_INPUTS } from './corpus/inputs.ts';
import { HOSTILE_SECRETS } from './corpus/secrets.ts';
import { HOSTILE_SUBSCRIPTIONS } from './corpus/subscriptions.ts';
import { openPeer } from './socket-peer.ts';

const CLASS = 'session_account_setting';
/** Stands for the cursor of a real page, which only a running server has. */
const REAL = '%REAL_CURSOR_OF_THE_FIRST_PAGE%'.repeat(3);
const CURSORS = hostileCursors(REAL);
const ENTRIES: readonly HostileEntry[] = [
  ...HOSTILE_DOCUMENTS,
  ...HOSTILE_COSTS,
  ...HOSTILE_INPUTS,
  ...HOSTILE_SECRETS,
  ...HOSTILE_SUBSCRIPTIONS,
  ...CURSORS,
];

interface Outcome {
  readonly codes: readonly string[];
  readonly data: unknown;
  readonly text: string;
  readonly status?: number;
  readonly closed?: number;
}

describe('what nobody should ask', () => {
  const database = withDatabase();
  const spec = withServer(database, { settings: { port: 0 }, logLevel: 'trace' });
  let url = '';
  let key = '';
  let entries: ReadonlyMap<string, HostileEntry> = new Map();

  beforeAll(async () => {
    const { rows, networkId } = spec;
    await rows.head(networkId, HEAD);
    const account = asAddress(0xa1n);
    await rows.account(networkId, account, { classHash: testClassHash(CLASS), abi: testClassAbi(CLASS) });
    for (let n = 1n; n <= 5n; n += 1n) await rows.session(networkId, account, asKey(n));
    url = (await spec.server.listen()).url;
    key = await spec.access.keyOf('ADMIN');
    const page = await overHttp({ name: 'a page', body: FIRST_PAGE, code: '' });
    const real = String(at(page.data, 'sessions', 'pageInfo', 'endCursor'));
    const all = [...ENTRIES.filter((entry) => !CURSORS.includes(entry)), ...hostileCursors(real)];
    entries = new Map(all.map((entry) => [entry.name, entry]));
  });

  afterAll(() => expect(JSON.stringify(spec.logged)).not.toContain(CANARY));

  const overHttp = async ({ body, as }: HostileEntry): Promise<Outcome> => {
    const headers = { 'content-type': 'application/json', ...(as !== 'NOBODY' && { 'x-api-key': key }) };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await answer.text();
    return { ...outcomeOf(JSON.parse(text)), text, status: answer.status };
  };

  const overSocket = async ({ body, as, closes }: HostileEntry): Promise<Outcome> => {
    const peer = await openPeer(`${url}/graphql`);
    try {
      await peer.init(as === 'NOBODY' ? undefined : key);
      if (closes !== undefined) {
        peer.send({ id: '1', type: 'subscribe', payload: body });
        const { code, reason } = await peer.closed;
        return { codes: [], data: undefined, text: reason, closed: code };
      }
      const [{ type, payload } = { type: 'none' }] = await peer.ask('1', body as object);
      const answer = type === 'error' ? { errors: payload } : payload;
      return { ...outcomeOf(answer), text: JSON.stringify(payload) };
    } finally {
      await peer.close();
    }
  };

  const find = (name: string): HostileEntry => {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`no entry ${name}`);
    return entry;
  };

  it('is at least sixty kinds, each told from the others', () => {
    expect(new Set(ENTRIES.map(({ name }) => name)).size).toBe(ENTRIES.length);
    expect(ENTRIES.length).toBeGreaterThanOrEqual(60);
    expect(entries.size).toBe(ENTRIES.length);
  });

  it.each(ENTRIES.map(({ name, code }) => [name, code] as const))(
    '%s is refused over HTTP and over a socket alike: %s',
    async (name, code) => {
      const entry = find(name);
      const http = await overHttp(entry);
      const socket = await overSocket(entry);
      expect([http.status, [...new Set(http.codes)]]).toEqual([entry.status ?? 400, [code]]);
      if (entry.closes === undefined) expect(socket.codes).toEqual(http.codes);
      expect(socket.closed).toBe(entry.closes);
      for (const { data, text } of [http, socket]) {
        expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
        expect(text).not.toContain(CANARY);
        expect(text).not.toMatch(/Did you mean|739164/);
      }
    },
  );

  it('leaves a server that answers as before, over both', async () => {
    const plain: HostileEntry = { name: 'plain', code: '', body: FIRST_PAGE };
    for (const { data, codes } of [await overHttp(plain), await overSocket(plain)]) {
      expect(codes).toEqual([]);
      expect(at(data, 'sessions', 'nodes')).toHaveLength(2);
    }
  });
});

const outcomeOf = (answer: unknown): Pick<Outcome, 'codes' | 'data'> => {
  const { data, errors = [] } = answer as { data?: unknown; errors?: readonly unknown[] };
  return { data, codes: errors.map((error) => String(at(error, 'extensions', 'code'))) };
};
