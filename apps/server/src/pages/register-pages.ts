import { randomBytes } from 'node:crypto';
import { type IndexerStatus } from '#libs/api';
import fastifyStatic from '@fastify/static';
import { type FastifyInstance, type FastifyReply } from 'fastify';
import { listAssets } from './assets.ts';
import { renderGraphiql } from './graphiql.page.ts';
import { renderHome } from './home.page.ts';

const NONCE_BYTES = 16;

const contentSecurityPolicy = (styles: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${styles}`,
    "font-src 'self' data:",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const sendPage = (reply: FastifyReply, page: string, styles = ''): FastifyReply =>
  reply
    .header('content-security-policy', contentSecurityPolicy(styles))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page);

/** The pages for people: the first page and GraphiQL, with their files. They work with the demo key where there is one. */
export const registerPages = async (
  fastify: FastifyInstance,
  status: IndexerStatus,
  demoKey: string | undefined,
): Promise<void> => {
  await fastify.register(fastifyStatic, { root: import.meta.dirname, serve: false });
  fastify.get('/', (_request, reply) => sendPage(reply, renderHome(status.networks(), demoKey)));
  fastify.get('/graphiql', (_request, reply) => {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return sendPage(reply, renderGraphiql(nonce, demoKey), ` 'nonce-${nonce}'`);
  });
  for (const [name, asset] of listAssets()) {
    fastify.get(`/assets/${name}`, (_request, reply) => {
      if (asset.kind === 'FILE') return reply.sendFile(asset.file, asset.folder);
      return reply.type(asset.type).header('cache-control', 'no-cache').send(asset.text);
    });
  }
};
