import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { isLoopback, localAuthority } from '#libs/config';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController } from 'fastify';
import { addressReader } from './http/source-address.ts';
import { nestLoggerOver } from './http/nest-logger.ts';
import { serveGraphql } from './http/graphql-route.ts';
import { openGateway } from './graphql/open-gateway.ts';
import { guardRequests } from './http/request-guards.ts';
import { createPurserMetrics } from './metrics/purser-metrics.ts';
import { registerPages } from './pages/register-pages.ts';
import { type ServerDeps, type ServerParts } from './ports.ts';
import { ServerModule } from './server.module.ts';
import { DEFAULT_SERVER_SETTINGS, type ServerSettings } from './settings.ts';
import { serveSockets } from './ws/socket-server.ts';

const REQUEST_TIMEOUT_MS = 30_000;

export interface PurserServer {
  readonly app: NestFastifyApplication;
  /** Binds the port and tells where the server is reached. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes no new requests, waits for those in work, and leaves the injected ports open. */
  close(): Promise<void>;
}

/**
 * Composes the server; nothing listens before `listen()`, and specs may use `app.inject()` instead.
 * @throws HostRefused when the host is not loopback, and it is not said by which names the server is called, or its keys are those of
 * the sandbox; Error when nobody says who is let in; FieldPolicyError when a field of the schema has no rule.
 */
export const createServer = async (
  overrides: Partial<ServerSettings>,
  given: ServerDeps,
): Promise<PurserServer> => {
  const settings = { ...DEFAULT_SERVER_SETTINGS, ...overrides };
  requireHost(settings, given);
  requireAccess(given);
  const deps: ServerParts = { ...given, metrics: given.metrics ?? createPurserMetrics() };
  const adapter = adapterOf(settings, deps);
  const app = await NestFactory.create<NestFastifyApplication>(ServerModule.of(settings, deps), adapter, {
    logger: nestLoggerOver(deps.logger),
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = adapter.getInstance();
  await guardRequests(fastify, settings);
  const gateway = openGateway(fastify, settings, deps);
  const addressOf = addressReader(settings.trustedProxies);
  serveGraphql(fastify, gateway, addressOf);
  await registerPages(fastify, deps.status, deps.access.demoKey);
  await app.init();
  await fastify.ready();
  const { logger } = deps;
  const sockets = serveSockets(fastify.server, { gateway, settings, logger, addressOf });
  return {
    app,
    listen: () => listen(app, settings),
    close: async () => {
      // Before the server: it waits for every connection that it ever took.
      await sockets.close();
      await app.close();
    },
  };
};

const adapterOf = (settings: ServerSettings, { logger }: ServerDeps): FastifyAdapter =>
  new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    // No address, host or scheme is taken from headers by the framework: who asks from where, `addressOf` says.
    trustProxy: false,
    // Refused by the admission, with a code and over a socket alike.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
  });

const listen = async (app: NestFastifyApplication, { host, port: wanted }: ServerSettings) => {
  await app.listen(wanted, host);
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : wanted;
  return { url: `http://${localAuthority(host, port)}`, port };
};

/** What others reach must not be open by mistake. */
class HostRefused extends Error {
  override readonly name = 'HostRefused';
  readonly code = 'HOST_REFUSED';
  readonly retryable = false;
}

const requireHost = (
  { host, allowedHosts }: ServerSettings,
  { access }: { readonly access?: ServerDeps['access'] },
): void => {
  if (isLoopback(host)) return;
  if (allowedHosts.length === 0)
    throw new HostRefused(`${host} is not loopback, and no name is allowed that the server is called by`);
  if (access?.demoKey !== undefined)
    throw new HostRefused(`${host} is not loopback, and everybody knows the keys of the sandbox`);
};

/** The types say so; who composes without them must not get an open server. */
const requireAccess = ({ access }: Partial<ServerDeps>): void => {
  if (typeof access?.authenticate !== 'function') throw new Error('a server needs to be told who is let in');
};
