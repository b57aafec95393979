import { setTimeout as delay } from 'node:timers/promises';
import { type Operation, PurserApiError } from '#libs/api-client';
import { CliError } from '../cli.error.ts';
import type { Terminal } from '../output/terminal.ts';
import type { ServicePlace } from './find-service.ts';
import { askService } from './graphql-client.ts';

/** Asks the running service, as askService does. */
export type AskService = <Data extends object, Variables extends object>(
  operation: Operation<Data, Variables>,
  variables: Variables,
) => Promise<Data>;

/** Of one question: who is told to wait longer than this is better told that it does not get on. */
const LONGEST_WAIT_SECONDS = 300;

/**
 * Waits as long as the service says where a key used up what it may ask in a minute, says so, and asks again; so many pages take
 * the time that they take. @returns what throws as askService does, RATE_LIMITED too once one question waited five minutes.
 */
export const askPatiently =
  (
    service: ServicePlace,
    terminal: Pick<Terminal, 'err'>,
    sleep: (seconds: number) => Promise<void> = (seconds) => delay(seconds * 1_000),
  ): AskService =>
  async (operation, variables) => {
    for (let waited = 0; ; ) {
      try {
        return await askService(service, operation, variables);
      } catch (error) {
        const seconds = waitOf(error);
        if (seconds === undefined || waited + seconds > LONGEST_WAIT_SECONDS) throw error;
        terminal.err(`the key used up what it may ask in a minute: going on in ${seconds} s`);
        await sleep(seconds);
        waited += seconds;
      }
    }
  };

/** Undefined: waiting is no help, or nobody said how long. */
const waitOf = (error: unknown): number | undefined => {
  if (!(error instanceof CliError) || error.code !== 'RATE_LIMITED') return undefined;
  const details = error.cause instanceof PurserApiError ? error.cause.details : {};
  const seconds = details['retryAfterSeconds'];
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
};
