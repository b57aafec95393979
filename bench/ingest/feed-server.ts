import { createServer, type Server, type Socket } from 'node:net';
import type { FeedAnswer } from './feed-answers.ts';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Answer = (method: string, params: Readonly<Record<string, unknown>>) => FeedAnswer;

interface ServerCounts {
  calls: Record<string, number>;
  receivedBytes: number;
  sentBytes: number;
}

export interface FeedServer {
  readonly url: string;
  readonly counts: ServerCounts;
  latencyMs: number;
  /** Whether one more question is within what this node allows; left out: always. */
  admits?: () => boolean;
}

const HEADERS_END = Buffer.from('\r\n\r\n');
const TOO_MANY = 'HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n';
const LENGTH = /content-length: *(\d+)/i;

/**
 * Just enough HTTP/1.1 to answer POSTs of JSON-RPC over keep-alive and pipelined connections: node:http alone would take
 * more of the machine than what is measured.
 */
export const startFeedServer = async (answer: Answer): Promise<FeedServer> => {
  const feed: Mutable<FeedServer> = {
    url: '',
    counts: { calls: {}, receivedBytes: 0, sentBytes: 0 },
    latencyMs: 0,
  };
  const server = createServer({ noDelay: true }, (socket) => serve(socket, feed, answer));
  feed.url = await listen(server);
  return feed;
};

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the feed has no port');
      resolve(`http://127.0.0.1:${address.port}/`);
    });
  });

const serve = (socket: Socket, feed: FeedServer, answer: Answer): void => {
  let waiting: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    feed.counts.receivedBytes += chunk.length;
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    socket.cork();
    for (let body = nextBody(); body !== undefined; body = nextBody()) reply(socket, feed, answer, body);
    process.nextTick(() => socket.uncork());
  });
  const nextBody = (): string | undefined => {
    const end = waiting.indexOf(HEADERS_END);
    if (end === -1) return undefined;
    const from = end + HEADERS_END.length;
    const length = Number(LENGTH.exec(waiting.toString('latin1', 0, end))?.[1] ?? 0);
    if (waiting.length < from + length) return undefined;
    const body = waiting.toString('latin1', from, from + length);
    waiting = waiting.subarray(from + length);
    return body;
  };
};

const reply = (socket: Socket, feed: FeedServer, answer: Answer, body: string): void => {
  const { id, method, params } = JSON.parse(body) as {
    id: number;
    method: string;
    params?: Record<string, unknown>;
  };
  const { calls } = feed.counts;
  if (feed.admits?.() === false) {
    calls['refused'] = (calls['refused'] ?? 0) + 1;
    socket.write(TOO_MANY);
    return;
  }
  calls[method] = (calls[method] ?? 0) + 1;
  const send = (): void => write(socket, feed.counts, id, answer(method, params ?? {}));
  if (feed.latencyMs > 0) setTimeout(send, feed.latencyMs);
  else send();
};

const write = (socket: Socket, counts: ServerCounts, id: number, answer: FeedAnswer): void => {
  const start = `{"jsonrpc":"2.0","id":${id},`;
  const [member, value] =
    'result' in answer
      ? ['"result":', answer.result]
      : ['"error":', Buffer.from(JSON.stringify(answer.error), 'latin1')];
  const length = start.length + member.length + value.length + 1;
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  socket.write(head + start + member, 'latin1');
  socket.write(value);
  socket.write('}');
  counts.sentBytes += length;
};
