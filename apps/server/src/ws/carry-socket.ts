import { CloseCode, type WebSocket as Wire } from 'graphql-ws';
import { type Logger } from 'pino';
import { type RawData, type WebSocket } from 'ws';
import { MessageBudget } from './message-budget.ts';

export interface SocketLimits {
  readonly messagesPerSecond: number;
  /** A socket that takes nothing for so long is ended: what is told to it must not wait in memory. */
  readonly writeWithinMs: number;
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
export const carrySocket = (socket: WebSocket, limits: SocketLimits, speak: Speak): void => {
  const carrier = new Carrier(socket, limits);
  const closed = speak(carrier.wire());
  const stopWatching = watchAlive(socket);
  socket.on('ping', () => carrier.isWelcome());
  // A frame that is too large or broken: ws closes with the code for it.
  socket.on('error', () => carrier.stop());
  socket.once('close', (code, reason) => {
    carrier.stop();
    stopWatching();
    closed(code, reason.toString()).catch((err: unknown) => {
      limits.logger.error({ err }, 'a socket did not end well');
    });
  });
};

class Carrier {
  private readonly budget: MessageBudget;
  private isEnded = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly limits: SocketLimits,
  ) {
    this.budget = new MessageBudget(limits.messagesPerSecond, () => performance.now());
  }

  wire(): Wire {
    return {
      protocol: this.socket.protocol,
      send: (text) => send(this.socket, text, this.limits.writeWithinMs),
      close: (code, reason) => this.end(code ?? CloseCode.InternalServerError, reason ?? ''),
      onMessage: (understand) => {
        this.socket.on('message', (data, isBinary) => void this.read(data, isBinary, understand));
      },
    };
  }

  stop(): void {
    this.isEnded = true;
  }

  /** Whether one more message or ping is taken; one too many ends the socket. */
  isWelcome(): boolean {
    if (this.isEnded || this.socket.readyState !== this.socket.OPEN) return false;
    if (this.budget.take()) return true;
    this.end(CloseCode.TooManyInitialisationRequests, 'Too many messages');
    return false;
  }

  private async read(
    data: RawData,
    isBinary: boolean,
    understand: (text: string) => Promise<void>,
  ): Promise<void> {
    if (!this.isWelcome()) return;
    if (isBinary) {
      this.end(UNSUPPORTED_DATA, 'Only text is understood');
      return;
    }
    try {
      await understand((data as Buffer).toString('utf8'));
    } catch (err) {
      this.fail(err);
    }
  }

  /** A type of message that only servers send is the fault of the client; nothing else is known to throw. */
  private fail(err: unknown): void {
    if (err instanceof Error && err.message.startsWith('Unexpected message of type')) {
      this.end(CloseCode.BadRequest, 'Invalid message received');
      return;
    }
    this.limits.logger.error({ err }, 'a message of a socket failed');
    this.end(CloseCode.InternalServerError, 'Internal error');
  }

  private end(code: number, reason: string): void {
    this.isEnded = true;
    this.socket.close(code, reason);
  }
}

/** Resolves when it was handed on, so that who reads slowly is written to slowly. */
const send = (socket: WebSocket, text: string, withinMs: number): Promise<void> =>
  new Promise((resolve) => {
    // What cannot be written is told by the socket being closed.
    if (socket.readyState !== socket.OPEN) {
      resolve();
      return;
    }
    const timer = setTimeout(() => socket.terminate(), withinMs);
    socket.send(text, () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Ends a socket whose other end is gone without a word. */
const watchAlive = (socket: WebSocket): (() => void) => {
  let isAlive = true;
  socket.on('pong', () => (isAlive = true));
  const timer = setInterval(() => {
    if (isAlive) socket.ping();
    else socket.terminate();
    isAlive = false;
  }, ALIVE_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};
