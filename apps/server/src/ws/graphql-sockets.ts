import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { AccessError, type Headers, ORGANISATION_HEADER } from '#libs/access';
import { type Principal } from '#libs/api';
import {
  CloseCode,
  type ConnectionInitMessage,
  makeServer,
  type Server,
  type SubscribePayload,
} from 'graphql-ws';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { type Logger } from 'pino';
import { type WebSocket } from 'ws';
import { type Admitted } from '../graphql/admission/admission.ts';
import { AdmissionError } from '../graphql/admission/admission.error.ts';
import { refuseSecretsIn } from '../graphql/admission/refuse-secrets.ts';
import { type Answer } from '../graphql/executor.ts';
import { type Gateway } from '../graphql/gateway.ts';
import { type Caller } from '../graphql/graphql-request.ts';
import { type ServerSettings } from '../settings.ts';
import { carrySocket } from './carry-socket.ts';

export interface SocketParts {
  readonly gateway: Gateway;
  readonly settings: ServerSettings;
  readonly logger: Logger;
  /** Where a request came from, behind a proxy too. */
  readonly addressOf: (request: IncomingMessage) => string;
}

/** One socket, and who is behind it. */
interface Session {
  readonly socket: WebSocket;
  readonly address: string;
  /** Undefined before the connection was initialised. */
  credentials?: Headers;
  principal?: Principal | undefined;
}

/** What graphql-ws carries from the admission to the execution. */
type AdmittedArgs = ExecutionArgs & {
  readonly admitted: Admitted;
  readonly caller: Caller;
  readonly requestId: string;
};

type Init = Record<string, never> & NonNullable<ConnectionInitMessage['payload']>;

const MAX_ID_LENGTH = 128;

/** Speaks graphql-transport-ws on every socket. What is asked there is admitted and answered as over HTTP. */
export class GraphqlSockets {
  private readonly sessions = new Set<Session>();
  private readonly server: Server<Session>;
  private readonly recheck: NodeJS.Timeout;

  constructor(private readonly parts: SocketParts) {
    this.server = makeServer<Init, Session>({
      connectionInitWaitTimeout: parts.settings.socketInitWithinMs,
      onConnect: ({ extra, connectionParams }) => this.welcome(extra, connectionParams ?? {}),
      onSubscribe: ({ extra, subscriptions }, id, payload) =>
        this.admit(extra, id, payload, Object.keys(subscriptions).length),
      execute: (args) => asResult(this.answer(args as AdmittedArgs)),
      subscribe: (args) => asResult(this.subscribe(args as AdmittedArgs)),
      onNext: (_context, _id, _payload, _args, result) => result as object,
      onError: (_context, _id, _payload, errors) =>
        this.parts.gateway.refusalOf(errors[0], randomUUID()).errors,
    });
    this.recheck = setInterval(() => void this.recheckAll(), parts.settings.socketRecheckMs);
    this.recheck.unref();
  }

  open(socket: WebSocket, request: IncomingMessage): void {
    const session: Session = { socket, address: this.parts.addressOf(request) };
    this.sessions.add(session);
    socket.once('close', () => this.sessions.delete(session));
    const { settings, logger } = this.parts;
    const { socketMessagesPerSecond: messagesPerSecond, socketWriteWithinMs: writeWithinMs } = settings;
    carrySocket(socket, { messagesPerSecond, writeWithinMs, logger }, (wire) =>
      this.server.opened(wire, session),
    );
  }

  stop(): void {
    clearInterval(this.recheck);
  }

  private async welcome(session: Session, params: Readonly<Record<string, unknown>>): Promise<boolean> {
    try {
      const { credentials, rest } = splitCredentials(params);
      refuseSecretsIn(rest);
      session.principal = await this.parts.gateway.authenticate(credentials, session.address);
      session.credentials = credentials;
      if (this.isOneTooMany(session)) throw new AdmissionError('RATE_LIMITED', 'Too many sockets.');
      return true;
    } catch (error) {
      this.refuse(session, error, CloseCode.Unauthorized);
      return false;
    }
  }

  private isOneTooMany({ principal, address }: Session): boolean {
    const same = [...this.sessions].filter((other) =>
      principal === undefined
        ? other.principal === undefined && other.credentials !== undefined && other.address === address
        : other.principal?.id === principal.id,
    );
    return same.length > this.parts.settings.maxSocketsOfOne;
  }

  private async admit(session: Session, id: string, payload: SubscribePayload, open: number) {
    const requestId = randomUUID();
    if (id.length > MAX_ID_LENGTH) {
      session.socket.close(CloseCode.BadRequest, 'The id is too long');
      return [new GraphQLError('The id is too long.')];
    }
    try {
      const caller = await this.callerOf(session);
      if (open > this.parts.settings.maxOpenOperations) {
        throw new AdmissionError('RATE_LIMITED', 'Too much is open at once on this socket.', {
          details: { retryAfterSeconds: 1 },
        });
      }
      const admitted = await this.parts.gateway.admitAny(payload, caller);
      const { document, name } = admitted.operation;
      const args: AdmittedArgs = {
        ...{ schema: this.parts.gateway.schema, document, operationName: name ?? null },
        ...{ contextValue: undefined, rootValue: undefined, admitted, caller, requestId },
      };
      return args;
    } catch (error) {
      if (error instanceof AccessError) this.refuse(session, error, CloseCode.Forbidden);
      return [new GraphQLError('refused', { originalError: error as Error })];
    }
  }

  /** As the key is now: it may have been revoked since the socket was opened. */
  private async callerOf(session: Session): Promise<Caller> {
    const { credentials = {}, address } = session;
    return { principal: await this.parts.gateway.authenticate(credentials, address), address };
  }

  private async answer({ admitted, caller, requestId }: AdmittedArgs): Promise<Answer> {
    const { gateway } = this.parts;
    try {
      return await gateway.answer(admitted, caller, requestId);
    } catch (error) {
      return { errors: gateway.refusalOf(error, requestId).errors };
    }
  }

  private async subscribe({ admitted, caller, requestId }: AdmittedArgs) {
    const { gateway } = this.parts;
    try {
      return await gateway.subscribe(admitted, caller, requestId);
    } catch (error) {
      return { errors: gateway.refusalOf(error, requestId).errors };
    }
  }

  private async recheckAll(): Promise<void> {
    const { gateway } = this.parts;
    const checks = [...this.sessions].map(async (session) => {
      const { credentials, address, principal } = session;
      if (credentials === undefined || principal === undefined) return;
      try {
        const now = await gateway.authenticate(credentials, address);
        // What is told to it goes by what it saw when it subscribed.
        if (seenBy(now) !== seenBy(principal)) session.socket.close(CloseCode.Forbidden, 'ACCESS_CHANGED');
      } catch (error) {
        // A database that does not answer is no reason: nobody comes in meanwhile, and nothing can be asked.
        if (error instanceof AccessError) this.refuse(session, error, CloseCode.Forbidden);
      }
    });
    await Promise.all(checks);
  }

  private refuse({ socket }: Session, error: unknown, code: number): void {
    const { errors } = this.parts.gateway.refusalOf(error, randomUUID());
    const told = errors[0]?.extensions?.['code'];
    const reason = typeof told === 'string' ? told : 'INTERNAL';
    socket.close(CLOSE_CODES[reason] ?? code, reason);
  }
}

const CLOSE_CODES: Readonly<Record<string, number>> = {
  SECRET_REJECTED: CloseCode.BadRequest,
  BAD_INPUT: CloseCode.BadRequest,
  RATE_LIMITED: CloseCode.TooManyInitialisationRequests,
  INDEX_UNAVAILABLE: CloseCode.InternalServerError,
  INTERNAL: CloseCode.InternalServerError,
};

/** What somebody may do and see, as a text to compare. */
const seenBy = (principal: Principal | undefined): string =>
  JSON.stringify([principal?.organisation.id, principal?.role, principal?.scope.only]);

/** Answers carry errors that were printed; graphql-ws hands them to `onNext` as they are. */
const asResult = (answer: Promise<object>): Promise<ExecutionResult> => answer;

const CREDENTIALS: readonly string[] = ['authorization', 'x-api-key', ORGANISATION_HEADER];

/** The headers of a request stand in the parameters of the connection: a page cannot set any on a socket. */
const splitCredentials = (params: Readonly<Record<string, unknown>>) => {
  const entries = Object.entries(params);
  const isCredential = ([name]: readonly [string, unknown]): boolean =>
    CREDENTIALS.includes(name.toLowerCase());
  const credentials = entries
    .filter(isCredential)
    .map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    // What is no text is refused as a credential of the wrong form.
    credentials: Object.fromEntries(
      credentials.map(([name, value]) => [name, typeof value === 'string' ? value : ['']]),
    ),
    rest: Object.fromEntries(entries.filter((entry) => !isCredential(entry))),
  };
};
