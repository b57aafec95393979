import { CloseCode, type WebSocket as Wire } from 'graphql-ws';
import { type Logger } from 'pino';
import { type RawData, type WebSocket } from 'ws';
import { MessageBudget } from './message-budget.ts';

export interface SocketLimits {
  readonly messagesPerSecond: number;
  readonly logger: Logger;
}

const UNSUPPORTED_DATA = 1003;
const ALIVE_EVERY_MS = 30_000;

/** Called with the socket as graphql-ws wants it. @returns what to call when it is closed. */
export type Speak = (wire: Wire) => (code: number, reason: string) => Promise<void>;

/**
 * Carries messages between a socket and who speaks the protocol. What comes too fast, is no text or cannot be understood
 * ends the socket, and nothing that came after that is read any more.
 */
export const carrySocket = (
  socket: WebSocket,
  { messagesPerSecond, logger }: SocketLimits,
  speak: Speak,
): void => {
  const budget = new MessageBudget(messagesPerSecond, () => performance.now());
  let isEnded = false;
  const end = (code: number, reason: string): void => {
    isEnded = true;
    socket.close(code, reason);
  };
  const isWelcome = (): boolean => {
    if (isEnded || socket.readyState !== socket.OPEN) return false;
    if (budget.take()) return true;
    end(CloseCode.TooManyInitialisationRequests, 'Too many messages');
    return false;
  };
  const read = async (
    data: RawData,
    isBinary: boolean,
    understand: (text: string) => Promise<void>,
  ): Promise<void> => {
    if (!isWelcome()) return;
    if (isBinary) return end(UNSUPPORTED_DATA, 'Only text is understood');
    try {
      await understand((data as Buffer).toString('utf8'));
    } catch (err) {
      // A type of message that only servers send is the fault of the client; nothing else is known to throw.
      const isForeign = err instanceof Error && err.message.startsWith('Unexpected message of type');
      if (!isForeign) logger.error({ err }, 'a message of a socket failed');
      end(
        isForeign ? CloseCode.BadRequest : CloseCode.InternalServerError,
        isForeign ? 'Invalid message received' : 'Internal error',
      );
    }
  };
  const closed = speak({
    protocol: socket.protocol,
    send: (text) => send(socket, text),
    close: end,
    onMessage: (understand) => {
      socket.on('message', (data, isBinary) => void read(data, isBinary, understand));
    },
  });
  const stopWatching = watchAlive(socket);
  socket.on('ping', isWelcome);
  // A frame that is too large or broken: ws closes with the code for it.
  socket.on('error', () => (isEnded = true));
  socket.once('close', (code, reason) => {
    isEnded = true;
    stopWatching();
    closed(code, reason.toString()).catch((err: unknown) =>
      logger.error({ err }, 'a socket did not end well'),
    );
  });
};

/** Resolves when it was handed on, so that who reads slowly is written to slowly. */
const send = (socket: WebSocket, text: string): Promise<void> =>
  new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // What cannot be written is told by the socket being closed.
    socket.send(text, () => resolve());
  });

/** Ends a socket whose other end is gone without a word. */
const watchAlive = (socket: WebSocket): (() => void) => {
  let isAlive = true;
  socket.on('pong', () => (isAlive = true));
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, ALIVE_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
};
