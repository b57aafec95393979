import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { GRAPHQL_PATH } from '../http/graphql-route.ts';
import { isHostAllowed, isOriginAllowed } from '../http/request-guards.ts';
import { GraphqlSockets, type SocketParts } from './graphql-sockets.ts';

export interface SocketServer {
  /** Says goodbye to all, and takes none any more. */
  close(): Promise<void>;
}

const GOING_AWAY = 1001;
/** For those that do not answer to a goodbye. */
const CLOSE_WITHIN_MS = 1_000;

/**
 * Takes WebSockets at the path of GraphQL on a server of HTTP. What could be a foreign page is refused before the handshake, what
 * comes in is bounded in number and size.
 */
export const serveSockets = (http: Server, parts: SocketParts): SocketServer => {
  const { settings } = parts;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: settings.bodyLimitBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const sockets = new GraphqlSockets(parts);
  let isClosing = false;
  const refusalOf = (request: IncomingMessage): number | undefined => {
    const { host, origin } = request.headers;
    if (request.url?.split('?', 1)[0] !== GRAPHQL_PATH) return 404;
    if (!isHostAllowed(host, settings)) return 421;
    if (!isOriginAllowed(origin, host, settings.corsOrigins)) return 403;
    return isClosing || server.clients.size >= settings.maxSockets ? 503 : undefined;
  };
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      refuse(stream, refusal);
      return;
    }
    server.handleUpgrade(request, stream, head, (socket: WebSocket) => sockets.open(socket, request));
  });
  return {
    close: async () => {
      isClosing = true;
      sockets.stop();
      const left = [...server.clients];
      for (const socket of left) socket.close(GOING_AWAY, 'Going away');
      const timer = setTimeout(() => left.forEach((socket) => socket.terminate()), CLOSE_WITHIN_MS);
      await Promise.all(left.map(closed));
      clearTimeout(timer);
    },
  };
};

const closed = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });

const refuse = (stream: Duplex, status: number): void => {
  stream.on('error', () => undefined);
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
};
