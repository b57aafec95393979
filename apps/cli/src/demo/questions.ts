import { setTimeout as delay } from 'node:timers/promises';
import { present, SessionDataDocument, type SessionDataQuery } from '#libs/api-client';
import type { Db } from '#libs/database';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { CliError } from '../cli.error.ts';
import type { ServicePlace } from '../client/find-service.ts';
import { askService } from '../client/graphql-client.ts';

export type SessionAnswer = NonNullable<SessionDataQuery['getSessionData']>;

const WAIT_MS = 20_000;

/** What the service says of the key, once its index has come to the block. */
export const sessionAtBlock = async (
  service: ServicePlace,
  subject: { readonly account: Address; readonly sessionKey: SessionKey },
  blockNumber: number,
): Promise<SessionAnswer> => {
  const variables = { account: feltToHex(subject.account), sessionKey: feltToHex(subject.sessionKey) };
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const answer = await askService(service, SessionDataDocument, variables).catch((error: unknown) => error);
    if (!(answer instanceof Error)) {
      const data = present((answer as SessionDataQuery).getSessionData);
      if (data.source === 'INDEX' && data.asOf.blockNumber >= blockNumber) return data;
    }
    if (Date.now() > deadline) {
      const cause = answer instanceof Error ? answer : undefined;
      const reason = cause === undefined ? '' : `: ${cause.message}`;
      throw new CliError('DEMO_FAILED', `the index did not come to block ${blockNumber} in 20 s${reason}`, {
        cause,
      });
    }
    await delay(50);
  }
};

/** How many facts of each kind the event store holds about the account. */
export const countFacts = async (db: Db, account: Address): Promise<Readonly<Record<string, number>>> => {
  const rows = await db
    .selectFrom('facts')
    .select((select) => ['kind', select.fn.countAll<number>().as('count')])
    .where('account', '=', feltToHex(account))
    .groupBy('kind')
    .orderBy('kind')
    .execute();
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
};
