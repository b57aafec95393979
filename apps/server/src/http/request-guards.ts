import { ERROR_CODES } from '#libs/api';
import { isLoopbackAuthority } from '#libs/config';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

/**
 * Until there is access control, only pages of this machine may ask. The name in the Host header is checked, so
 * that a foreign site whose name is made to resolve to the loopback address is refused (DNS rebinding).
 */
export const guardRequests = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    void reply.header('x-content-type-options', 'nosniff');
    void reply.header('referrer-policy', 'no-referrer');
    if (!isLoopbackAuthority(request.headers.host))
      await refuse(reply, 421, 'This server answers on loopback names only.');
  });
};

/** For the GraphQL route: a GET could be sent by any page without asking, and needs no support. */
export const postOnly = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  if (request.method !== 'GET') return;
  const { description, retryable } = ERROR_CODES.METHOD_NOT_ALLOWED;
  const extensions = { code: 'METHOD_NOT_ALLOWED', retryable };
  await reply
    .code(405)
    .header('allow', 'POST')
    .send({ data: null, errors: [{ message: description, extensions }] });
};

const refuse = (reply: FastifyReply, status: number, message: string): FastifyReply =>
  reply.code(status).send({ status: 'refused', message });
