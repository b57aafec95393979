import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { at, withServer } from '../api/with-server.ts';
import { CANARY } from './corpus/entry.ts';

const SITE = 'https://console.example';
const JSON_TYPE = { 'content-type': 'application/json' };
const BODY = JSON.stringify({ query: '{ __typename }' });

describe('what browsers are told', () => {
  const spec = withServer(withDatabase(), { settings: { corsOrigins: [SITE] } });
  const closed = withServer(withDatabase());
  const from = (origin: string, method: 'POST' | 'OPTIONS' = 'POST', server = spec) =>
    server.server.app.inject({
      ...{ method, url: '/graphql', payload: method === 'POST' ? BODY : '' },
      headers: { ...JSON_TYPE, origin, 'access-control-request-method': 'POST' },
    });

  it('lets nothing be loaded, framed, guessed or told on', async () => {
    const { headers } = await from(SITE);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('lets pages of a site that was set read answers, their budget, and nobody else', async () => {
    const allowed = await from(SITE);
    expect(allowed.headers['access-control-allow-origin']).toBe(SITE);
    expect(allowed.headers['access-control-expose-headers']).toContain('ratelimit-remaining');
    expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
    const preflight = await from(SITE, 'OPTIONS');
    expect([preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([204, 'POST']);
    for (const origin of [
      'https://evil.example',
      `${SITE}.evil.example`,
      'null',
      'https://CONSOLE.example:8443',
    ]) {
      expect((await from(origin)).headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('lets no other page read anything unless that was set', async () => {
    const { headers } = await from(SITE, 'POST', closed);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('bodies that are no questions', () => {
  const spec = withServer(withDatabase(), { logLevel: 'trace' });

  it.each<[string, string, Record<string, string>, number, string]>([
    ['no JSON', `{"query":"${CANARY}`, JSON_TYPE, 400, 'BAD_QUERY'],
    ['JSON with more behind it', `${BODY}${CANARY}`, JSON_TYPE, 400, 'BAD_QUERY'],
    ['nothing', '', JSON_TYPE, 400, 'BAD_QUERY'],
    ['null', 'null', JSON_TYPE, 400, 'BAD_QUERY'],
    ['a list', `[${BODY}]`, JSON_TYPE, 400, 'BATCH_REFUSED'],
    ['a form', `query=${CANARY}`, { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'BAD_QUERY'],
    ['a text', BODY, { 'content-type': 'text/plain' }, 400, 'BAD_QUERY'],
    ['a document by itself', '{ __typename }', { 'content-type': 'application/graphql' }, 415, 'BAD_QUERY'],
    ['files', CANARY, { 'content-type': 'multipart/form-data; boundary=x' }, 415, 'BAD_QUERY'],
    ['JSON in another alphabet', BODY, { 'content-type': 'application/json; charset=utf-16' }, 200, ''],
    ['too much', JSON.stringify({ query: 'x'.repeat(200_000) }), JSON_TYPE, 413, 'BODY_TOO_LARGE'],
  ])('%s: refused with a code, and not repeated', async (_what, payload, headers, status, code) => {
    const answer = await spec.server.app.inject({ method: 'POST', url: '/graphql', headers, payload });
    const { errors = [] } = answer.json<{ errors?: readonly unknown[] }>();
    expect([answer.statusCode, errors.map((error) => at(error, 'extensions', 'code'))]).toEqual([
      status,
      code ? [code] : [],
    ]);
    expect(`${answer.body}${JSON.stringify(spec.logged)}`).not.toContain(CANARY);
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'] as const)('%s is not how to ask', async (method) => {
    const url = `/graphql?query={__typename}&variables=${CANARY}`;
    const answer = await spec.server.app.inject({ method, url });
    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST']);
    expect(at(answer.json(), 'errors', 0, 'extensions', 'code')).toBe('METHOD_NOT_ALLOWED');
    expect(`${answer.body}${JSON.stringify(spec.logged)}`).not.toContain(CANARY);
  });

  it('logs who asked, what it cost and how it ended, and nothing of what was asked', async () => {
    spec.logged.length = 0;
    await spec.ask('query Mine { viewer { name } sessions(first: 0) { nodes { account } } }');
    const line = spec.logged.find((entry) => at(entry, 'msg') === 'a question was answered');
    expect(line).toMatchObject({
      operation: 'Mine',
      cost: 112,
      codes: ['BAD_INPUT'],
      principal: expect.any(String),
    });
    const key = await spec.access.keyOf('ADMIN');
    expect(JSON.stringify(spec.logged)).not.toContain(key);
  });
});
