import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';

interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface PeerOptions {
  readonly protocol?: string;
  readonly headers?: ClientOptions['headers'];
}

/** The other end of a socket, which may send whatever it likes. */
export interface SocketPeer {
  readonly closed: Promise<Closed>;
  readonly received: readonly SocketMessage[];
  readonly socket: WebSocket;
  send(message: object | string | Buffer): void;
  /** The next message that was not taken yet. Rejects when the socket is closed before. */
  next(): Promise<SocketMessage>;
  /** Initialises the connection with a key, and waits until that is acknowledged. */
  init(key?: string): Promise<void>;
  /** Asks and takes all that is answered, until it is complete. */
  ask(id: string, payload: object): Promise<readonly SocketMessage[]>;
  close(): Promise<void>;
}

/** Rejects with the status of the answer where the handshake is refused. */
export const openPeer = async (url: string, options: PeerOptions = {}): Promise<SocketPeer> => {
  const { protocol = 'graphql-transport-ws', headers = {} } = options;
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocol, { headers });
  const received: SocketMessage[] = [];
  const waiting: ((message: SocketMessage) => void)[] = [];
  const untaken: SocketMessage[] = [];
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as SocketMessage;
    received.push(message);
    const waiter = waiting.shift();
    if (waiter) waiter(message);
    else untaken.push(message);
  });
  const closed = new Promise<Closed>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const peer: SocketPeer = {
    ...{ closed, received, socket },
    send: (message) => {
      socket.send(
        typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
      );
    },
    next: () => {
      const message = untaken.shift();
      if (message !== undefined) return Promise.resolve(message);
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        void closed.then(({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`)));
      });
    },
    init: async (key) => {
      peer.send({
        type: 'connection_init',
        payload: key === undefined ? {} : { authorization: `Bearer ${key}` },
      });
      const { type } = await peer.next();
      if (type !== 'connection_ack') throw new Error(`${type} in place of an acknowledgement`);
    },
    ask: async (id, payload) => {
      peer.send({ id, type: 'subscribe', payload });
      const answers: SocketMessage[] = [];
      for (;;) {
        const message = await peer.next();
        if (message.type === 'complete') return answers;
        answers.push(message);
        if (message.type === 'error') return answers;
      }
    },
    close: async () => {
      socket.close();
      await closed;
    },
  };
  return peer;
};
