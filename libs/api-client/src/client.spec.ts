import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { present } from './answer.ts';
import { createPurserClient } from './client.ts';
import { PurserApiError } from './client.error.ts';
import { SessionDocument } from './generated/operations.ts';
import { rowsOf } from './pages.ts';

const VARIABLES = { account: '0x1', sessionKey: '0x2' };

let server: Server | undefined;

const serve = async (listener: RequestListener): Promise<string> => {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const answering = (body: string, status = 200): Promise<string> =>
  serve((_request, response) => void response.writeHead(status).end(body));

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
};

const refusalOf = async (url: string, timeoutMs = 5_000): Promise<PurserApiError> => {
  const client = createPurserClient({ url, timeoutMs });
  const error: unknown = await client.request(SessionDocument, VARIABLES).catch((caught: unknown) => caught);
  if (error instanceof PurserApiError) return error;
  throw new Error('it was answered');
};

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

describe('a question of the client', () => {
  it('goes out with its name, its variables and the key in a header', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push(request.method, request.url, request.headers.authorization, JSON.parse(body));
        response.end(JSON.stringify({ data: { session: { status: 'ACTIVE' } } }));
      });
    });
    const data = await createPurserClient({ url, key: 'secret' }).request(SessionDocument, VARIABLES);
    expect(data).toEqual({ session: { status: 'ACTIVE' } });
    const query = SessionDocument.text;
    expect(query).toContain('fragment Standing on AsOf');
    const body = { query, operationName: 'Session', variables: VARIABLES };
    expect(seen).toEqual(['POST', '/graphql', 'Bearer secret', body]);
  });

  it('ends in the error of the service, with its code, path and details', async () => {
    const errors = [
      {
        message: 'slow down',
        path: ['session'],
        extensions: { code: 'RATE_LIMITED', retryable: true, details: { retryAfterSeconds: 3 } },
      },
    ];
    expect(await refusalOf(await answering(JSON.stringify({ data: null, errors }), 429))).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'slow down',
      retryable: true,
      path: ['session'],
      details: { retryAfterSeconds: 3 },
    });
  });

  it('ends in an error also where a part of it was answered', async () => {
    const errors = [{ message: 'no', extensions: { code: 'SESSION_NOT_REGISTERED' } }];
    const url = await answering(JSON.stringify({ data: { session: {} }, errors }));
    expect(await refusalOf(url)).toMatchObject({ code: 'SESSION_NOT_REGISTERED', retryable: false });
  });

  it.each([
    ['no JSON', '<html>'],
    ['a list', '[]'],
    ['no data', '{}'],
    ['data that is a list', '{"data":[]}'],
    ['errors that are none', '{"errors":[]}'],
    ['an error without words', '{"errors":[{}]}'],
    ['another version', '{"errors":[{"message":"no field x","extensions":{"code":"BAD_QUERY"}}]}'],
  ])('is ANSWER_MALFORMED where %s answers', async (_, body) => {
    expect(await refusalOf(await answering(body))).toMatchObject({ code: 'ANSWER_MALFORMED' });
  });

  it('is SERVICE_UNAVAILABLE where nobody answers, or not in time, or somebody sends it elsewhere', async () => {
    const silent = await serve(() => undefined);
    expect(await refusalOf(silent, 50)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    server?.closeAllConnections();
    server?.close();
    expect(await refusalOf(silent)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    const seen: string[] = [];
    const elsewhere = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(307, { location: '/other' }).end();
    });
    expect(await refusalOf(elsewhere)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(seen).toEqual(['/graphql']);
  });

  it('ends with its caller', async () => {
    const url = await serve(() => undefined);
    const asking = createPurserClient({ url }).request(SessionDocument, VARIABLES, {
      signal: AbortSignal.abort(new Error('enough')),
    });
    await expect(asking).rejects.toThrow('enough');
  });
});

describe('all rows of a list', () => {
  it('are those of its pages, each asked for when its first row is wanted', async () => {
    const asked: (string | undefined)[] = [];
    const ask = (after: string | undefined) => {
      asked.push(after);
      const start = Number(after ?? 0);
      const pageInfo = { hasNextPage: start < 4, endCursor: String(start + 2) };
      return Promise.resolve({ nodes: [start, start + 1], pageInfo });
    };
    const rows = rowsOf(ask);
    expect([await rows.next(), await rows.next()]).toMatchObject([{ value: 0 }, { value: 1 }]);
    expect(asked).toEqual([undefined]);
    const others: number[] = [];
    for await (const row of rows) others.push(row);
    expect(others).toEqual([2, 3, 4, 5]);
    expect(asked).toEqual([undefined, '2', '4']);
  });
});

describe('a field that is null only beside an error', () => {
  it('is there, or the answer is malformed', () => {
    expect(present(0)).toBe(0);
    expect(() => present(null)).toThrow('missing');
  });
});
