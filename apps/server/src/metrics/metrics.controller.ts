import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback, isLoopbackAuthority } from '#libs/config';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { SERVER_SETTINGS } from '../ports.ts';
import { type ServerSettings } from '../settings.ts';
import { type PurserMetrics } from './purser-metrics.ts';

export const PURSER_METRICS = Symbol('PurserMetrics');

@Controller()
export class MetricsController {
  constructor(
    @Inject(PURSER_METRICS) private readonly metrics: PurserMetrics,
    @Inject(SERVER_SETTINGS) private readonly settings: ServerSettings,
  ) {}

  @Get('metrics')
  async print(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!mayRead(request.headers, this.settings)) {
      await reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ status: 'refused', message: 'The metrics are told to who sends METRICS_TOKEN.' });
      return;
    }
    const text = await this.metrics.registry.metrics();
    await reply.type(this.metrics.registry.contentType).send(text);
  }
}

/** Without a token, who asks on this machine: a proxy there passes the name on that it was called by. */
const mayRead = (
  { authorization, host: called }: FastifyRequest['headers'],
  { host, metricsToken }: ServerSettings,
): boolean => {
  if (metricsToken === undefined) return isLoopback(host) && isLoopbackAuthority(called);
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digestOf(given), digestOf(metricsToken));
};

/** Of one length, so that nothing is told by how long a comparison takes. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
