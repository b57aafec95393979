import { createPurserClient, type Operation, PurserApiError, type SubscribeOptions } from '#libs/api-client';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';
import type { ServicePlace } from './find-service.ts';

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
export const askService = async <Data extends object, Variables extends object>(
  service: ServicePlace,
  operation: Operation<Data, Variables>,
  variables: Variables,
): Promise<Data> => {
  try {
    return await createPurserClient(service).request(operation, variables);
  } catch (error) {
    throw error instanceof PurserApiError ? failureOf(error) : error;
  }
};

/**
 * Events of the running service, until the signal ends it.
 * @throws CliError, as `askService`
 */
export async function* listenToService<
  Data extends object,
  Variables extends { readonly after?: string | null | undefined },
>(
  service: ServicePlace,
  operation: Operation<Data, Variables>,
  variables: Variables,
  options: SubscribeOptions<Data>,
): AsyncGenerator<Data, void, undefined> {
  try {
    yield* createPurserClient(service).subscribe(operation, variables, options);
  } catch (error) {
    if (options.signal?.aborted === true) return;
    throw error instanceof PurserApiError ? failureOf(error) : error;
  }
}

const failureOf = (error: PurserApiError): CliError => {
  const { code, message } = error;
  return new CliError(code, message, { cause: error, ...adviceOf(code) });
};

const adviceOf = (code: string): { readonly exitCode: number; readonly hint?: string } => {
  if (code === 'SERVICE_UNAVAILABLE') {
    const hint = 'start it with purser start, or say where it is with --url';
    return { exitCode: EXIT.UNAVAILABLE, hint };
  }
  if (code === 'ANSWER_MALFORMED') return { exitCode: EXIT.UNAVAILABLE };
  if (!UNKNOWN_CODES.has(code)) return { exitCode: EXIT.REFUSED };
  return {
    exitCode: EXIT.NO_PERMISSION,
    hint: 'give a key with --key or in PURSER_KEY; purser keys create makes one on the host of the service',
  };
};
