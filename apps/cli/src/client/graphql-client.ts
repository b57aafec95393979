import { request } from 'undici';
import { z } from 'zod';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

const DEADLINE_MS = 15_000;

const answerShape = z.object({
  data: z.unknown(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).partial().optional() }))
    .optional(),
});

/**
 * Asks the running service.
 * @throws CliError SERVICE_UNAVAILABLE, ANSWER_MALFORMED, or with the code of the service's own error.
 */
export const askService = async <Shape extends z.ZodType>(
  serviceUrl: string,
  shape: Shape,
  query: string,
  variables: object = {},
): Promise<z.output<Shape>> => {
  const { data, errors } = answerShape.parse(await post(serviceUrl, { query, variables }));
  const [error] = errors ?? [];
  if (error !== undefined) {
    throw new CliError(error.extensions?.code ?? 'INTERNAL', error.message, { exitCode: EXIT.REFUSED });
  }
  const parsed = shape.safeParse(data);
  if (parsed.success) return parsed.data;
  throw malformed(serviceUrl, parsed.error);
};

const post = async (serviceUrl: string, body: object): Promise<unknown> => {
  const text = await send(`${serviceUrl}/graphql`, JSON.stringify(body), serviceUrl);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(serviceUrl, cause);
  }
};

const send = async (url: string, body: string, serviceUrl: string): Promise<string> => {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return await answer.body.text();
  } catch (cause) {
    throw new CliError('SERVICE_UNAVAILABLE', `no service answers at ${serviceUrl}`, {
      cause,
      hint: 'start it with purser start, or say where it is with --url',
    });
  }
};

const malformed = (serviceUrl: string, cause: unknown): CliError =>
  new CliError('ANSWER_MALFORMED', `what answers at ${serviceUrl} is not a Purser of this version`, {
    cause,
  });
