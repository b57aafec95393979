import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Somebody who wants to be told: an HTTP server on this machine that keeps what it is sent. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly ReceivedPost[];
  close(): Promise<void>;
}

export const startReceiver = async (): Promise<Receiver> => {
  const received: ReceivedPost[] = [];
  const server = createServer((message, response) => {
    readPost(message).then(
      (post) => {
        received.push(post);
        response.writeHead(204).end();
      },
      // The sender broke off: it tries again.
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const readPost = async (message: IncomingMessage): Promise<ReceivedPost> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const);
  return { headers: Object.fromEntries(headers), body: Buffer.concat(chunks).toString('utf8') };
};
