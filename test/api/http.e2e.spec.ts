import { describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { createScopedDatabase, DatabaseError } from '#libs/database';
import { withDatabase } from '#libs/testing';
import { createServer } from '../../apps/server/src/create-server.ts';
import { EXAMPLE_QUERIES } from '../../apps/server/src/pages/example-queries.ts';
import { printSchemaText } from '../../apps/server/src/print-schema.ts';
import { at, HEAD, listAt, withServer } from './with-server.ts';

const get = (url: string, headers: Record<string, string> = {}) => ({ method: 'GET' as const, url, headers });

describe('the server', () => {
  const database = withDatabase();
  const spec = withServer(database, { settings: { bodyLimitBytes: 20_000 } });
  const post = (payload: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    spec.server.app.inject({ method: 'POST', url: '/graphql', headers, payload });

  it('says how far the index is', async () => {
    const { data, status } = await spec.ask(
      '{ indexer { chainId chainName network sandbox state head { blockNumber } indexed { blockNumber } lagBlocks progress { done } } }',
    );
    expect(status).toBe(200);
    expect(data['indexer']).toEqual([
      {
        chainId: '0x534e5f5345504f4c4941',
        chainName: 'SN_SEPOLIA',
        network: 'sepolia',
        sandbox: false,
        state: 'WAITING',
        head: { blockNumber: 100 },
        indexed: null,
        lagBlocks: 0,
        progress: null,
      },
    ]);
  });

  it('says the same of its state everywhere, and nothing that it does not know', async () => {
    const before = spec.status;
    const stateOf = async (more: Partial<typeof before>) => {
      const { networkId, chainId, label, sandbox, head } = before;
      spec.status = { networkId, chainId, label, sandbox, ...(head && { head }), indexed: HEAD, ...more };
      const { data } = await spec.ask('{ indexer { state } }');
      const page = await spec.server.app.inject(get('/'));
      const [, shown] = /<td>([^<]*)<\/td>\s*<\/tr>/.exec(page.body) ?? [];
      const ready = await spec.server.app.inject(get('/readyz'));
      spec.status = before;
      return [at(data, 'indexer', 0, 'state'), at(ready.json(), 'networks', 0, 'state'), shown];
    };
    expect(await stateOf({})).toEqual(['UNKNOWN', 'UNKNOWN', 'head not known']);
    expect(await stateOf({ lagBlocks: 7 })).toEqual(['CATCHING_UP', 'CATCHING_UP', 'catching up']);
    expect(await stateOf({ lagBlocks: 0 })).toEqual(['AT_HEAD', 'AT_HEAD', 'at the head']);
    expect(await stateOf({ lagBlocks: 0, stopped: 'FINALITY_VIOLATION' })).toEqual([
      ...['STOPPED', 'STOPPED'],
      'stopped: FINALITY_VIOLATION',
    ]);
  });

  it('writes the words for the states into its script, and asks for what they need', async () => {
    const { body } = await spec.server.app.inject(get('/assets/home.js'));
    expect(body).toContain('"UNKNOWN":"head not known"');
    expect(body).toContain("const STATUS = '/readyz'");
    const { networks } = (await spec.server.app.inject(get('/readyz'))).json<{ networks: object[] }>();
    const told = Object.keys(networks[0] ?? {});
    for (const [, name = ''] of body.matchAll(/\bn\.([a-zA-Z]+)/g)) expect(told).toContain(name);
  });

  it('answers the introspection query, within its limits', async () => {
    const { errors, data } = await spec.ask(getIntrospectionQuery());
    expect(errors).toEqual([]);
    expect(data['__schema']).toBeDefined();
  });

  it.each([
    ['no GraphQL', '{', 400, 'BAD_QUERY'],
    ['an unknown field', '{ nothing }', 400, 'BAD_QUERY'],
    ['a page of no rows', '{ sessions(first: 0) { nodes { account } } }', 200, 'BAD_INPUT'],
    ['a page of too many rows', '{ sessions(first: 101) { nodes { account } } }', 200, 'BAD_INPUT'],
    ['a page of null rows', '{ sessions(first: null) { nodes { account } } }', 200, 'BAD_INPUT'],
    ['a made-up cursor', '{ sessions(after: "abc") { nodes { account } } }', 200, 'BAD_CURSOR'],
    [
      'a chain that is not served',
      '{ sessions(chainId: "SN_MAIN") { nodes { account } } }',
      200,
      'CHAIN_UNKNOWN',
    ],
    ['a list before anything is indexed', '{ sessions { nodes { account } } }', 200, 'INDEX_UNAVAILABLE'],
    ['a time with a sign', '{ sessions(expiresBefore: "-1") { nodes { account } } }', 400, 'BAD_INPUT'],
    ['a document of many fields', `{ ${'indexer { network } '.repeat(300)} }`, 400, 'QUERY_TOO_MANY_FIELDS'],
    [
      'a document of many fields in a fragment',
      `{ ${Array.from({ length: 60 }, (_, n) => `a${n}: indexer { ...f }`).join(' ')} } fragment f on IndexerNetwork { ${'network '.repeat(10)} }`,
      400,
      'QUERY_TOO_MANY_FIELDS',
    ],
    ['a document of many tokens', `{ ${'a '.repeat(2_100)} }`, 400, 'QUERY_TOO_LONG'],
    ['a document given as JSON', JSON.stringify({ kind: 'Document', definitions: [] }), 400, 'BAD_QUERY'],
  ])('refuses %s', async (_what, query, status, code) => {
    const answer = await spec.ask(query);
    expect(answer.codes).toEqual([code]);
    expect(answer.status).toBe(status);
  });

  it('refuses what is no request, each with a code', async () => {
    const codeOf = async (answer: ReturnType<typeof post>) =>
      at((await answer).json(), 'errors', 0, 'extensions', 'code');
    expect(await codeOf(post('{"query":'))).toBe('BAD_QUERY');
    expect(await codeOf(post('{}'))).toBe('BAD_QUERY');
    expect(await codeOf(post('query=1', { 'content-type': 'application/x-www-form-urlencoded' }))).toBe(
      'BAD_QUERY',
    );
    expect(await codeOf(post(JSON.stringify({ query: ' '.repeat(30_000) })))).toBe('BODY_TOO_LARGE');
    expect(
      await codeOf(post(JSON.stringify({ query: '{ indexer { network } }', operationName: 'None' }))),
    ).toBe('BAD_QUERY');
    const byGet = spec.server.app.inject(get('/graphql?query={indexer{network}}'));
    expect((await byGet).statusCode).toBe(405);
    expect(await codeOf(byGet)).toBe('METHOD_NOT_ALLOWED');
  });

  it('gives every request an id', async () => {
    const answer = await spec.server.app.inject(get('/livez'));
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.json()).toEqual({ status: 'alive' });
  });

  it('answers loopback names only', async () => {
    const of = async (host: string) => (await spec.server.app.inject(get('/livez', { host }))).statusCode;
    expect(await of('127.0.0.1:3000')).toBe(200);
    expect(await of('[::1]:3000')).toBe(200);
    expect(await of('evil.example')).toBe(421);
    expect(await of('127.0.0.1.evil.example')).toBe(421);
    await expect(createServer({ host: '0.0.0.0' }, {} as never)).rejects.toMatchObject({
      code: 'HOST_REFUSED',
    });
  });

  it('is ready when it keeps up, and says why not otherwise', async () => {
    const before = spec.status;
    const readiness = async (status: Partial<typeof before>) => {
      spec.status = { ...before, indexed: HEAD, ...status };
      const answer = await spec.server.app.inject(get('/readyz'));
      spec.status = before;
      return [answer.statusCode, listAt(answer.json(), 'reasons').map((reason) => at(reason, 'code'))];
    };
    expect(await readiness({})).toEqual([200, []]);
    expect(await readiness({ lagBlocks: 21 })).toEqual([503, ['LAGGING']]);
    expect(await readiness({ stalledSeconds: 121 })).toEqual([503, ['STALLED']]);
    expect(at((await spec.server.app.inject(get('/readyz'))).json(), 'reasons', 0, 'code')).toBe(
      'NOTHING_INDEXED',
    );
  });

  it('prints metrics of the status, and of what could not be read', async () => {
    const place = { transaction_index: 1, event_index: 1, block_number: 100, transaction_hash: null };
    await database.db
      .insertInto('dead_letters')
      .values({
        ...{ network_id: spec.networkId, block_hash: '0x1', account: '0xa1', ...place },
        ...{ code: 'EVENT_MALFORMED', reason: 'odd', raw: {} },
      })
      .execute();
    const { body, headers } = await spec.server.app.inject(get('/metrics'));
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toContain('purser_head_block{network="sepolia"} 100');
    expect(body).toContain('purser_dead_letters{network="sepolia",code="EVENT_MALFORMED"} 1');
  });

  it('serves its pages and their files from here, under a strict policy', async () => {
    const home = await spec.server.app.inject(get('/'));
    expect(home.body).toContain('SN_SEPOLIA');
    const graphiql = await spec.server.app.inject(get('/graphiql'));
    for (const page of [home, graphiql]) {
      const policy = String(page.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'; script-src 'self';");
      expect(policy).not.toContain('unsafe');
      expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
      for (const [, path = ''] of page.body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
        const asset = await spec.server.app.inject(get(path));
        expect([path, asset.statusCode, asset.body.length > 0]).toEqual([path, 200, true]);
        expect(asset.headers['content-type']).toMatch(path.endsWith('.css') ? /^text\/css/ : /javascript/);
      }
    }
    expect((await spec.server.app.inject(get('/assets/package.json'))).statusCode).toBe(404);
    expect((await spec.server.app.inject(get('/assets/../package.json'))).statusCode).toBe(404);
  });

  it('escapes what it writes into a page', async () => {
    spec.status = { ...spec.status, lastError: '<script>alert(1)</script>' };
    expect((await spec.server.app.inject(get('/'))).body).not.toContain('<script>alert');
  });

  it('offers queries that the schema knows', async () => {
    for (const { query, variables } of EXAMPLE_QUERIES) {
      const answer = await spec.ask(query, Object.fromEntries(variables.map((name) => [name, '0x1'])));
      expect(answer.codes.filter((code) => code === 'BAD_QUERY' || code === 'BAD_INPUT')).toEqual([]);
    }
  });

  it('prints the schema that it serves', async () => {
    const printed = await printSchemaText();
    const served = at(spec.server.app.getHttpAdapter().getInstance(), 'graphql', 'schema') as GraphQLSchema;
    expect(printed.trim()).toBe(printSchema(lexicographicSortSchema(served)).trim());
    expect(printed).toContain('getSessionData');
  });
});

describe('a server whose database does not answer', () => {
  const database = withDatabase();
  const gone = createScopedDatabase({ url: 'postgres://nobody:secret@127.0.0.1:1/none' });
  const spec = withServer(database, { api: () => gone.db });

  it('says INDEX_UNAVAILABLE and nothing of where the database is', async () => {
    const { codes, errors, text } = await spec.ask(
      '{ getSessionData(walletAddress: "0x1", sessionPublicKey: "0x1") { isActive } }',
    );
    expect(codes).toEqual(['INDEX_UNAVAILABLE']);
    expect(errors[0]?.extensions.retryable).toBe(true);
    expect(text).not.toMatch(/127\.0\.0\.1|secret|ECONNREFUSED/);
  });

  it('is alive and not ready', async () => {
    expect((await spec.server.app.inject(get('/livez'))).statusCode).toBe(200);
    const ready = await spec.server.app.inject(get('/readyz'));
    expect([ready.statusCode, at(ready.json(), 'reasons', 0, 'code')]).toEqual([503, 'DATABASE_UNAVAILABLE']);
  });
});

describe('a server with a fault', () => {
  const database = withDatabase();
  const empty = withDatabase({ migrated: false });
  const spec = withServer(database, { api: () => empty.api });

  it('gives INTERNAL with the id that finds the fault in the log, and no text of it', async () => {
    const { codes, errors, status, text } = await spec.ask('{ accounts { nodes { address } } }');
    expect([codes, status]).toEqual([['INTERNAL'], 200]);
    expect(text).not.toMatch(/relation|cursors|select/i);
    const requestId = errors[0]?.extensions.details?.['requestId'];
    const line = spec.logged.find((entry) => at(entry, 'requestId') === requestId);
    expect(at(line, 'err', 'message')).toContain('does not exist');
  });
});

describe('a server whose role was granted too much while it ran', () => {
  const database = withDatabase();
  const fault = new DatabaseError('API_ROLE_UNSAFE', 'it owns the table follows');
  const spec = withServer(database, { requireSafeRole: () => Promise.reject(fault) });

  it('is not ready, and does not say to everybody what it may', async () => {
    const ready = await spec.server.app.inject(get('/readyz'));
    expect([ready.statusCode, at(ready.json(), 'reasons', 0, 'code')]).toEqual([503, 'API_ROLE_UNSAFE']);
    expect(ready.body).not.toContain('follows');
  });
});
