import { systemClock } from '#libs/api';
import { type FastifyInstance } from 'fastify';
import { type ServerParts } from '../ports.ts';
import { RequestMeter } from '../rate/request-meter.ts';
import { type ServerSettings } from '../settings.ts';
import { Gateway } from './gateway.ts';
import { OperationRunner } from './operation-runner.ts';

/** Over the schema that mercurius holds, which is there once the server is ready; before that nothing is asked. */
export const openGateway = (
  fastify: FastifyInstance,
  settings: ServerSettings,
  deps: ServerParts,
): Gateway => {
  const { access, logger, metrics, clock = systemClock } = deps;
  const schema = () => fastify.graphql.schema;
  return new Gateway({
    ...{ access, logger, metrics, limits: settings, answerWithinMs: settings.answerWithinMs },
    meter: new RequestMeter(clock, settings.requestsPerMinuteWithoutKey, access.takeUnits),
    schema,
    run: new OperationRunner({ schema, settings, logger }).run,
  });
};
