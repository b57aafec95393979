import { hostNameOf, isLoopbackAuthority } from '#libs/config';
import fastifyCors from '@fastify/cors';
import { type FastifyInstance, type FastifyReply } from 'fastify';
import helmet from 'helmet';
import { type ServerSettings } from '../settings.ts';
import { EXPOSED_HEADERS } from './graphql-route.ts';

const PREFLIGHT_SECONDS = 600;

/** Made once: the plugin of the same name puts the policy together anew for each request. */
const secure = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  // TLS ends before us, if there is any: who ends it says so.
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
});

/**
 * What holds for every request: only names of this machine and those that were set are answered, no page of another site may read an answer unless its
 * origin was set, and browsers are told to allow nothing that we do not need.
 */
export const guardRequests = async (
  fastify: FastifyInstance,
  settings: AnsweredNames & Pick<ServerSettings, 'corsOrigins'>,
): Promise<void> => {
  const { corsOrigins } = settings;
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    if (!isHostAllowed(request.headers.host, settings))
      await refuse(reply, 421, 'This server does not answer by that name.');
  });
  fastify.addHook('onRequest', (request, reply, next) => {
    secure(request.raw, reply.raw, () => next());
  });
  if (corsOrigins.length === 0) return;
  await fastify.register(fastifyCors, {
    origin: [...corsOrigins],
    methods: ['POST'],
    allowedHeaders: ['authorization', 'content-type', 'x-api-key'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
  });
};

/** By which names a server is called. */
export type AnsweredNames = Pick<ServerSettings, 'allowedHosts' | 'host'>;

/**
 * The name in the Host header is checked, so that a foreign site whose name is made to resolve to the loopback address is
 * refused (DNS rebinding).
 */
export const isHostAllowed = (
  authority: string | undefined,
  { host, allowedHosts }: AnsweredNames,
): boolean => {
  if (isLoopbackAuthority(authority)) return true;
  const name = hostNameOf(authority);
  return name !== '' && (name === host || allowedHosts.includes(name));
};

/** Browsers let every page open a socket to everywhere, and say only where the page comes from. */
export const isOriginAllowed = (
  origin: string | undefined,
  host: string | undefined,
  corsOrigins: readonly string[],
): boolean => {
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  const { protocol, host: of } = URL.canParse(origin) ? new URL(origin) : { protocol: '', host: '' };
  return (protocol === 'http:' || protocol === 'https:') && of === host?.toLowerCase();
};

const refuse = (reply: FastifyReply, status: number, message: string): FastifyReply =>
  reply.code(status).send({ status: 'refused', message });
