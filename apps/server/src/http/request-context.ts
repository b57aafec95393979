import { formatErrors, type Principal, type RequestContext } from '#libs/api';
import { NO_ORGANISATION } from '#libs/database';
import { askIndex } from '#libs/sessions';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type ServerAccess } from '../ports.ts';

const GRAPHQL_PATH = '/graphql';
const PRINCIPAL = Symbol('Principal');
/** An answer that takes longer is of no use to who asked. */
const ANSWER_WITHIN_MS = 10_000;

type Admitted = FastifyRequest & { [PRINCIPAL]?: Principal | undefined };

/**
 * Finds out who asks before anything of the body is read. A credential that is refused ends the request; one without any
 * goes on, and the field policy lets it ask for what is public.
 */
export const admitRequests = (fastify: FastifyInstance, { authenticate }: ServerAccess): void => {
  fastify.decorateRequest(PRINCIPAL, undefined);
  fastify.addHook('onRequest', async (request: Admitted, reply) => {
    if (request.method !== 'POST' || request.routeOptions.url !== GRAPHQL_PATH) return;
    try {
      request[PRINCIPAL] = await askIndex(() => authenticate(request.headers));
    } catch (error) {
      await refuse(error, request, reply);
    }
  });
};

/** What goes with the request through the resolvers. */
export const contextOf = (request: Admitted): RequestContext => {
  const principal = request[PRINCIPAL];
  const deadlineAtMs = performance.now() + ANSWER_WITHIN_MS;
  return {
    principal,
    scope: { ...(principal?.scope ?? NO_ORGANISATION), deadlineAtMs },
    requestId: request.id,
    address: request.ip,
    deadlineAtMs,
    loaders: new Map(),
  };
};

const refuse = async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const { statusCode, errors, internal, unavailable } = formatErrors([error], request.id, false);
  for (const err of internal) request.log.error({ err, requestId: request.id }, 'nobody could be admitted');
  for (const { code, cause } of unavailable)
    request.log.warn({ code, err: cause, requestId: request.id }, 'nobody could be admitted');
  const status = unavailable.length > 0 ? 503 : statusCode;
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  await reply.code(status).send({ data: null, errors });
};
