import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebhookError } from '../webhook.error.ts';
import type { TargetScope } from './address-policy.ts';
import type { ResolveName } from './guarded-connector.ts';
import { createHttpWebhookSender } from './http-webhook-sender.ts';

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

const receiver = async (handle: RequestListener): Promise<{ port: number; hits: () => number }> => {
  let hits = 0;
  const server = createServer((request, response) => {
    hits += 1;
    handle(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, hits: () => hits };
};

const send = async (
  url: string,
  options: { scope?: TargetScope; resolveName?: ResolveName; deadlineMs?: number } = {},
) => {
  const sender = createHttpWebhookSender({ scope: 'LOOPBACK', ...options });
  try {
    const signal = AbortSignal.timeout(options.deadlineMs ?? 5_000);
    return await sender.send({ url, headers: { 'webhook-id': 'alt_1' }, body: '{}' }, signal);
  } catch (error) {
    if (error instanceof WebhookError) return error.code;
    throw error;
  } finally {
    await sender.close();
  }
};

const resolvesTo =
  (...addresses: string[]): ResolveName =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('http webhook sender', () => {
  it('posts the body and the headers as they are', async () => {
    const seen: unknown[] = [];
    const { port } = await receiver((request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => {
        seen.push([request.method, request.url, request.headers['webhook-id'], body]);
        response.writeHead(204).end();
      });
    });
    expect(await send(`http://127.0.0.1:${port}/hook?a=1`)).toEqual({ statusCode: 204 });
    expect(seen).toEqual([['POST', '/hook?a=1', 'alt_1', '{}']]);
  });

  it('does not follow redirects', async () => {
    const inside = await receiver((_request, response) => response.end());
    const { port } = await receiver((_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/`, 'retry-after': '7' }).end(),
    );
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ statusCode: 307, retryAfter: '7' });
    expect(inside.hits()).toBe(0);
  });

  it.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::1]:PORT/',
    'http://0.0.0.0:PORT/',
    'http://user:password@127.0.0.1:PORT/',
  ])('sends nothing to %p unless loopback is allowed', async (url) => {
    const { port, hits } = await receiver((_request, response) => response.end());
    expect(await send(url.replace('PORT', String(port)), { scope: 'PUBLIC' })).toBe('SSRF_BLOCKED');
    expect(hits()).toBe(0);
  });

  it('refuses the metadata address of clouds even where private targets are allowed', async () => {
    expect(await send('http://169.254.169.254/latest/meta-data', { scope: 'PRIVATE' })).toBe('SSRF_BLOCKED');
  });

  it('refuses a public name that resolves to an inner address, also beside a public one', async () => {
    const { port, hits } = await receiver((_request, response) => response.end());
    for (const addresses of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1']]) {
      const resolveName = resolvesTo(...addresses);
      const url = `http://receiver.example:${port}/`;
      expect(await send(url, { scope: 'PUBLIC', resolveName })).toBe('SSRF_BLOCKED');
    }
    expect(hits()).toBe(0);
  });

  it('resolves a name once and connects to the very address that was checked', async () => {
    const { port, hits } = await receiver((_request, response) => response.end());
    let asked = 0;
    const rebinding: ResolveName = (name, options, callback) => {
      asked += 1;
      resolvesTo(asked === 1 ? '127.0.0.1' : '127.0.0.2')(name, options, callback);
    };
    expect(await send(`http://receiver.example:${port}/`, { resolveName: rebinding })).toEqual({
      statusCode: 200,
    });
    expect([asked, hits()]).toEqual([1, 1]);
  });

  it('says when a name does not resolve', async () => {
    const resolveName: ResolveName = (_name, _options, callback) => callback(new Error('ENOTFOUND'), []);
    expect(await send('http://receiver.example/', { resolveName })).toBe('NAME_NOT_RESOLVED');
  });

  it('gives up on a receiver that does not answer in time', async () => {
    const { port } = await receiver(() => undefined);
    expect(await send(`http://127.0.0.1:${port}/`, { deadlineMs: 200 })).toBe('TIMEOUT');
  });

  it('takes the status of a receiver whose body never ends, without reading on', async () => {
    let written = 0;
    const { port } = await receiver((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) written += 16_384;
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    });
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ statusCode: 200 });
    expect(written).toBeLessThan(8_000_000);
  });

  it('names a refused connection, an answer that is not HTTP, and a URL that is not', async () => {
    const { port } = await receiver((request) => request.socket.end('SSH-2.0-OpenSSH\r\n'));
    expect(await send(`http://127.0.0.1:${port}/`)).toBe('ANSWER_MALFORMED');
    expect(await send('http://127.0.0.1:9/')).toBe('CONNECTION_FAILED');
    expect(await send('file:///etc/passwd')).toBe('WEBHOOK_URL_INVALID');
  });
});
