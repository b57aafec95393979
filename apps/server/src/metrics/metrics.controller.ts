import { Controller, Get, Inject, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type PurserMetrics } from './purser-metrics.ts';

export const PURSER_METRICS = Symbol('PurserMetrics');

@Controller()
export class MetricsController {
  constructor(@Inject(PURSER_METRICS) private readonly metrics: PurserMetrics) {}

  @Get('metrics')
  async print(@Res() reply: FastifyReply): Promise<void> {
    const text = await this.metrics.registry.metrics();
    await reply.type(this.metrics.registry.contentType).send(text);
  }
}
