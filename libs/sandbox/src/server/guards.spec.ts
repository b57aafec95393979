import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { createSandbox, type ListeningSandbox, type Sandbox } from '../index.ts';
import { MAX_BODY_BYTES } from './guards.ts';

const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'starknet_specVersion', params: {} });

describe('the guards of the JSON-RPC server', () => {
  let sandbox: Sandbox;
  let server: ListeningSandbox;
  beforeAll(async () => {
    sandbox = createSandbox({ accounts: 0 });
    server = await sandbox.listen({ port: 0 });
  });
  afterAll(() => sandbox.close());

  const post = async (headers: Record<string, string>, path = '/rpc') => {
    const { port } = server;
    const type = { 'content-type': 'application/json' };
    const call = request({ port, path, host: '127.0.0.1', method: 'POST', headers: { ...type, ...headers } });
    call.end(CALL);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, body: await text(answer) };
  };

  /** What a socket is answered until the server ends it, or it ends itself. */
  const send = async (head: readonly string[], body = ''): Promise<string> => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`${['POST /rpc HTTP/1.1', 'Host: localhost', ...head].join('\r\n')}\r\n\r\n${body}`);
    return text(socket);
  };

  const upgrade = async (options: {
    readonly headers?: Record<string, string>;
    readonly origin?: string;
  }) => {
    const socket = new WebSocket(server.webSocketUrl, options);
    const [outcome] = await Promise.race([
      once(socket, 'open').then(() => ['open']),
      once(socket, 'unexpected-response').then(([, answer]) => [
        (answer as { statusCode: number }).statusCode,
      ]),
    ]);
    socket.on('error', () => undefined);
    socket.terminate();
    return outcome;
  };

  it('goes on when a client breaks off in the middle of a body', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"js',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    await once(socket, 'close');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await post({})).status).toBe(200);
  });

  it('reads no body that is said to be longer than the limit', async () => {
    expect(await send([`Content-Length: ${MAX_BODY_BYTES + 1}`])).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('reads no further than the limit where no length is said', async () => {
    const chunk = `${(MAX_BODY_BYTES + 1).toString(16)}\r\n${' '.repeat(MAX_BODY_BYTES + 1)}`;
    expect(await send(['Transfer-Encoding: chunked'], chunk)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('ends a socket whose message is longer than the limit', async () => {
    const socket = new WebSocket(server.webSocketUrl);
    await once(socket, 'open');
    socket.on('error', () => undefined);
    socket.send(' '.repeat(MAX_BODY_BYTES + 1));
    const [code] = (await once(socket, 'close')) as [number];
    expect([1006, 1009]).toContain(code);
  });

  it.each(['evil.example', '127.0.0.1.evil.example:5050', '10.0.0.1'])(
    'refuses the host %s',
    async (host) => {
      expect((await post({ host })).status).toBe(421);
      expect((await post({ host }, '/is_alive')).status).toBe(421);
      expect(await upgrade({ headers: { host } })).toBe(421);
    },
  );

  it.each(['https://evil.example', 'http://localhost.evil.example', 'null'])(
    'refuses pages of %s',
    async (origin) => {
      expect((await post({ origin })).status).toBe(403);
      expect(await upgrade({ origin })).toBe(403);
    },
  );

  it('answers pages of this machine', async () => {
    expect((await post({ origin: 'http://localhost:3000' })).status).toBe(200);
    expect(await upgrade({ origin: 'http://127.0.0.1:3000' })).toBe('open');
  });

  it.each(['text/plain; charset=json', 'application/jsonp', 'text/json'])(
    'takes %s for no JSON',
    async (type) => {
      expect(JSON.parse((await post({ 'content-type': type })).body)).toMatchObject({
        error: { code: -32600 },
      });
    },
  );

  it('takes a character set beside application/json', async () => {
    const { body } = await post({ 'content-type': 'application/json; charset=utf-8' });
    expect(JSON.parse(body)).toMatchObject({ result: '0.10.2' });
  });
});
