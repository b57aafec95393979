import { ERROR_CODES, type Principal } from '#libs/api';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Answer } from '../graphql/executor.ts';
import { type Gateway } from '../graphql/gateway.ts';
import { AdmissionError } from '../graphql/admission/admission.error.ts';
import { RateLimited } from '../rate/request-meter.ts';
import { type Budget } from '../rate/token-buckets.ts';
import { type AddressOf } from './source-address.ts';

export const GRAPHQL_PATH = '/graphql';
/** The headers that a page of another origin may read. */
export const EXPOSED_HEADERS = [
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'x-query-cost',
  'x-request-id',
];

const PRINCIPAL = Symbol('Principal');
type Known = FastifyRequest & { [PRINCIPAL]?: Principal | undefined };

/** GraphQL over HTTP: a POST of JSON, and nothing else. Who asks is found out before anything of the body is read. */
export const serveGraphql = (fastify: FastifyInstance, gateway: Gateway, addressOf: AddressOf): void => {
  fastify.decorateRequest(PRINCIPAL, undefined);
  fastify.route({
    method: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
    url: GRAPHQL_PATH,
    onRequest: async (request: Known) => {
      // A GET could be sent by any page without asking, and needs no support.
      if (request.method !== 'POST') {
        throw new AdmissionError('METHOD_NOT_ALLOWED', ERROR_CODES.METHOD_NOT_ALLOWED.description);
      }
      request[PRINCIPAL] = await gateway.authenticate(request.headers, addressOf(request.raw));
    },
    errorHandler: (error, request, reply) => {
      refuse(gateway, error, request, reply);
    },
    handler: (request, reply) => answer(gateway, request, reply, addressOf(request.raw)),
  });
};

const answer = async (
  gateway: Gateway,
  request: Known,
  reply: FastifyReply,
  address: string,
): Promise<FastifyReply> => {
  const caller = { principal: request[PRINCIPAL], address };
  const admitted = await gateway.admitQuestion(request.body, caller);
  tellBudget(reply, admitted.budget);
  void reply.header('x-query-cost', admitted.cost);
  const body = await gateway.answer(admitted, caller, request.id);
  return send(request, reply, 200, body);
};

const refuse = (
  gateway: Gateway,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply => {
  const { statusCode, errors } = gateway.refusalOf(error, request.id);
  if (error instanceof RateLimited) {
    tellBudget(reply, error.budget);
    void reply.header('retry-after', error.budget.retryAfterSeconds);
  }
  if (statusCode === 401) void reply.header('www-authenticate', 'Bearer');
  if (statusCode === 405) void reply.header('allow', 'POST');
  return send(request, reply, statusCode, { errors });
};

const tellBudget = (reply: FastifyReply, { perMinute, remaining, resetSeconds }: Budget): void => {
  void reply.headers({
    'ratelimit-limit': perMinute,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': resetSeconds,
  });
};

const RESPONSE_TYPE = 'application/graphql-response+json';

/** JSON unless the newer type of the specification is asked for by name. */
const send = ({ headers }: FastifyRequest, reply: FastifyReply, status: number, body: Answer): FastifyReply =>
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .type(
      `${headers.accept?.includes(RESPONSE_TYPE) === true ? RESPONSE_TYPE : 'application/json'}; charset=utf-8`,
    )
    .send(JSON.stringify(body));
