import { setTimeout as delay } from 'node:timers/promises';
import { formatErrors } from '#libs/api';
import { ChangeHub } from '#libs/live';
import type { TestAccess } from '#libs/testing';
import { OperationTypeNode, parse } from 'graphql';
import type { PurserServer } from '../../../apps/server/src/create-server.ts';
import { type Answer as Told, Executor } from '../../../apps/server/src/graphql/executor.ts';
import { OperationRunner } from '../../../apps/server/src/graphql/operation-runner.ts';
import { contextOf } from '../../../apps/server/src/graphql/request-context.ts';
import { createLogger } from '../../../apps/server/src/http/create-logger.ts';
import { DEFAULT_SERVER_SETTINGS } from '../../../apps/server/src/settings.ts';
import { schemaOf } from './role-table.ts';

/** Everything is there by then: events wait in memory. */
const QUIET_MS = 30;

/**
 * Subscribes as somebody, takes all that there is to tell by now, and ends. Behind the sockets, which have specs of their own: here it
 * is asked who is told what. Several events are one list, under the field.
 * @param options `readEvery`: how long the reader takes over each event, in milliseconds
 */
export const listenAs = async (
  { server, access }: { readonly server: PurserServer; readonly access: Pick<TestAccess, 'authenticate'> },
  key: string | undefined,
  text: string,
  { readEvery = 0 }: { readonly readEvery?: number } = {},
): Promise<Told> => {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const principal = await access.authenticate(headers);
  const schema = () => schemaOf(server);
  const executor = new Executor({
    schema,
    run: new OperationRunner({ schema, settings: DEFAULT_SERVER_SETTINGS }).run,
    logger: createLogger('fatal', { write: () => undefined }),
  });
  const operation = {
    ...{ name: undefined, kind: OperationTypeNode.SUBSCRIPTION, text, document: parse(text) },
    ...{ variables: [], asksForSchema: false, fields: 1, isCompilable: false, costOf: () => 1 },
  };
  const budget = { isAllowed: true, perMinute: 1, remaining: 0, retryAfterSeconds: 0, resetSeconds: 0 };
  const told = await executor.subscribe({ operation, variables: undefined, cost: 1, budget }, () =>
    contextOf({ principal, address: '127.0.0.1' }, 'listen', 10_000),
  );
  if (!(Symbol.asyncIterator in told)) return told;
  await server.app.get(ChangeHub, { strict: false }).settled();
  const answers: Told[] = [];
  for (;;) {
    const next = await Promise.race([told.next().catch(failed), delay(QUIET_MS)]);
    if (next === undefined || next.done === true) break;
    answers.push(next.value);
    if (readEvery > 0) await delay(readEvery);
  }
  await told.return();
  return gathered(answers);
};

const failed = (error: unknown): IteratorResult<Told, void> => ({
  done: false,
  value: { errors: formatErrors([error], 'listen', true).errors },
});

const gathered = (answers: readonly Told[]): Told => {
  const errors = answers.flatMap((answer) => answer.errors ?? []);
  const told = answers.flatMap(({ data }) => (data === null || data === undefined ? [] : [data]));
  const names = new Set(told.flatMap((data) => Object.keys(data)));
  const data = Object.fromEntries([...names].map((name) => [name, told.map((one) => one[name])]));
  return { data, ...(errors.length > 0 && { errors }) };
};
