import { request } from 'undici';
import { z } from 'zod';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';
import type { ServicePlace } from './find-service.ts';

const DEADLINE_MS = 15_000;

const answerShape = z.object({
  data: z.unknown(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).partial().optional() }))
    .optional(),
});

/** Who asks is not known to the service. */
const UNKNOWN_CODES: ReadonlySet<string> = new Set([
  'UNAUTHENTICATED',
  'KEY_MALFORMED',
  'KEY_UNKNOWN',
  'KEY_EXPIRED',
  'KEY_REVOKED',
]);

/**
 * Asks the running service.
 * @throws CliError SERVICE_UNAVAILABLE, ANSWER_MALFORMED, or with the code of the service's own error.
 */
export const askService = async <Shape extends z.ZodType>(
  service: ServicePlace,
  shape: Shape,
  query: string,
  variables: object = {},
): Promise<z.output<Shape>> => {
  const { data, errors } = answerShape.parse(await post(service, { query, variables }));
  const [error] = errors ?? [];
  if (error !== undefined) throw refused(error.extensions?.code ?? 'INTERNAL', error.message);
  const parsed = shape.safeParse(data);
  if (parsed.success) return parsed.data;
  throw malformed(service.url, parsed.error);
};

const refused = (code: string, message: string): CliError =>
  UNKNOWN_CODES.has(code)
    ? new CliError(code, message, {
        exitCode: EXIT.NO_PERMISSION,
        hint: 'give a key with --key or in PURSER_KEY; purser keys create makes one on the host of the service',
      })
    : new CliError(code, message, { exitCode: EXIT.REFUSED });

const post = async (service: ServicePlace, body: object): Promise<unknown> => {
  const text = await send(service, JSON.stringify(body));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(service.url, cause);
  }
};

const send = async ({ url, key }: ServicePlace, body: string): Promise<string> => {
  try {
    const answer = await request(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return await answer.body.text();
  } catch (cause) {
    throw new CliError('SERVICE_UNAVAILABLE', `no service answers at ${url}`, {
      cause,
      hint: 'start it with purser start, or say where it is with --url',
    });
  }
};

const malformed = (serviceUrl: string, cause: unknown): CliError =>
  new CliError('ANSWER_MALFORMED', `what answers at ${serviceUrl} is not a Purser of this version`, {
    cause,
  });
