import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { dispatch, toRpcError } from '../rpc/dispatcher.ts';
import type { Json, JsonObject } from '../rpc/json.ts';
import type { RpcContext } from '../rpc/rpc-context.ts';
import { rpcErrors } from '../rpc/rpc.error.ts';
import { SandboxError } from '../sandbox.error.ts';
import { isJson, MAX_BODY_BYTES, readBody, refusalOf } from './guards.ts';
import { answerBody, errorAnswer, parse, readCall, resultAnswer, type RpcCall } from './json-rpc.ts';
import { isSubscriptionMethod, SocketSubscriptions } from './subscriptions.ts';

const RPC_PATHS = new Set(['/', '/rpc']);
const SOCKET_PATH = '/ws';

export interface ListenOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** A loopback address: requests under any other name are refused. */
  readonly host?: string;
}

export interface ListeningSandbox {
  readonly port: number;
  /** Where to POST. */
  readonly url: string;
  readonly webSocketUrl: string;
  close(): Promise<void>;
}

/** Serves the chain over HTTP and WebSocket. @throws SandboxError LISTEN_FAILED where the port is taken. */
export const listen = async (
  context: RpcContext,
  run: (call: RpcCall) => Json,
  { port, host = '127.0.0.1' }: ListenOptions,
): Promise<ListeningSandbox> => {
  const server = createServer((request, response) => {
    serveHttp(request, response, run).catch(() => {
      // The client broke off, or something unforeseen: either way this is the end of one connection only.
      response.destroy();
    });
  });
  const sockets = new WebSocketServer({
    server,
    path: SOCKET_PATH,
    maxPayload: MAX_BODY_BYTES,
    verifyClient: ({ req }, decide) => {
      const refusal = refusalOf(req);
      decide(refusal === undefined, refusal?.status, refusal?.reason);
    },
  });
  let lastId = 0;
  const nextId = (): string => String((lastId += 1));
  sockets.on('connection', (socket) => {
    serveSocket(context, socket, nextId, run);
  });
  // The HTTP server's own error comes here as well; it is reported by `listening`.
  sockets.on('error', () => undefined);
  await listening(server, port, host);
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://${host}:${bound}/rpc`,
    webSocketUrl: `ws://${host}:${bound}${SOCKET_PATH}`,
    close: () => closeAll(server, sockets),
  };
};

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new SandboxError('LISTEN_FAILED', `port ${port} cannot be listened on`, { cause }));
    });
    server.listen(port, host, resolve);
  });

const closeAll = (server: Server, sockets: WebSocketServer): Promise<void> => {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
};

const serveHttp = async (
  request: IncomingMessage,
  response: ServerResponse,
  run: (call: RpcCall) => Json,
): Promise<void> => {
  const refusal = refusalOf(request);
  if (refusal) {
    end(response, refusal.status, 'text/plain', refusal.reason);
    return;
  }
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path === '/is_alive') {
    end(response, 200, 'text/plain', 'Alive!!!');
    return;
  }
  if (!RPC_PATHS.has(path) || request.method !== 'POST') {
    end(response, RPC_PATHS.has(path) ? 405 : 404, 'text/plain', '');
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    response.setHeader('connection', 'close');
    end(response, 413, 'text/plain', `The body is longer than ${MAX_BODY_BYTES} bytes.`);
    return;
  }
  const answer = isJson(request)
    ? answerBody(body, run)
    : errorAnswer(null, rpcErrors.invalidRequestBecause('Missing content type'));
  end(response, 200, 'application/json', JSON.stringify(answer));
};

const end = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
};

const serveSocket = (
  context: RpcContext,
  socket: WebSocket,
  nextId: () => string,
  run: (call: RpcCall) => Json,
): void => {
  const send = (message: Json): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  const subscriptions = new SocketSubscriptions(context, nextId, send);
  const stop = context.chain.listen((notice) => {
    subscriptions.hear(notice);
  });
  socket.on('close', stop);
  socket.on('error', () => {
    socket.terminate();
  });
  socket.on('message', (data: Buffer) => {
    const body = data.toString('utf8');
    if (!handleSubscription(subscriptions, body, send)) send(answerBody(body, run));
  });
};

/** @returns whether the message was a call about subscriptions. */
const handleSubscription = (
  subscriptions: SocketSubscriptions,
  body: string,
  send: (message: JsonObject) => void,
): boolean => {
  const parsed = parse(body);
  const call = parsed.ok ? readCall(parsed.value) : undefined;
  if (!call || !isSubscriptionMethod(call.method)) return false;
  try {
    subscriptions.handle(call.method, call.params, (result) => {
      send(resultAnswer(call.id, result));
    });
  } catch (error) {
    send(errorAnswer(call.id, toRpcError(error)));
  }
  return true;
};

export const runWith =
  (context: RpcContext): ((call: RpcCall) => Json) =>
  ({ method, params }) =>
    dispatch(context, method, params);
