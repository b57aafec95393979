import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { IndexerDocument } from '#libs/api-client';
import { askPatiently } from './ask-patiently.ts';

const refusal = (code: string, details: object) =>
  JSON.stringify({ errors: [{ message: 'refused', extensions: { code, retryable: true, details } }] });
const ANSWER = JSON.stringify({ data: { indexer: [] } });
const limited = (retryAfterSeconds: number) => refusal('RATE_LIMITED', { retryAfterSeconds });

describe('a question to a service that allows no more for now', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  const asking = async (...answers: readonly string[]) => {
    const left = [...answers];
    server = createServer((_request, response) => {
      const body = left.length > 1 ? left.shift() : left[0];
      response.end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: undefined };
    const [told, slept]: [string[], number[]] = [[], []];
    const ask = askPatiently(place, { err: (text) => void told.push(text) }, (seconds) => {
      slept.push(seconds);
      return Promise.resolve();
    });
    const answer = await ask(IndexerDocument, {}).catch((error: unknown) => error);
    return { answer, told, slept };
  };

  it('is asked again after as long as the service said, and says so', async () => {
    const { answer, told, slept } = await asking(limited(4), limited(1), ANSWER);
    expect(answer).toEqual({ indexer: [] });
    expect(slept).toEqual([4, 1]);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('4 s');
  });

  it('is given up after five minutes', async () => {
    const { answer, slept } = await asking(limited(100));
    expect(answer).toMatchObject({ code: 'RATE_LIMITED', exitCode: 65 });
    expect(slept).toEqual([100, 100, 100]);
  });

  it.each([
    ['another refusal', refusal('FORBIDDEN', { retryAfterSeconds: 1 }), 'FORBIDDEN'],
    ['a wait that nobody told', refusal('RATE_LIMITED', {}), 'RATE_LIMITED'],
    ['a wait that is none', refusal('RATE_LIMITED', { retryAfterSeconds: -1 }), 'RATE_LIMITED'],
  ])('is not asked again after %s', async (_what, body, code) => {
    const { answer, told, slept } = await asking(body);
    expect(answer).toMatchObject({ code });
    expect([told, slept]).toEqual([[], []]);
  });
});
