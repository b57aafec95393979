import { systemClock } from '#libs/api';
import { type FastifyInstance } from 'fastify';
import { type ServerDeps } from '../ports.ts';
import { RequestMeter } from '../rate/request-meter.ts';
import { type ServerSettings } from '../settings.ts';
import { type Answer } from './executor.ts';
import { Gateway } from './gateway.ts';

/** Over mercurius, which is there once the server is ready; before that nothing is asked. */
export const openGateway = (
  fastify: FastifyInstance,
  settings: ServerSettings,
  deps: ServerDeps,
): Gateway => {
  const { access, logger, clock = systemClock } = deps;
  return new Gateway({
    ...{ access, logger, limits: settings, answerWithinMs: settings.answerWithinMs },
    meter: new RequestMeter(clock, settings.requestsPerMinuteWithoutKey, access.takeUnits),
    schema: () => fastify.graphql.schema,
    run: (text, context, variables, operationName) =>
      fastify.graphql(text, { ...context }, variables, operationName) as Promise<Answer>,
  });
};
