import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestScope } from '#libs/database';
import { asAddress, asKey, headerOf, indexRowsOf, withDatabase } from '#libs/testing';
import fc from 'fast-check';
import { ALL_USE_COLUMNS } from '../../uses/read/use-columns.ts';
import { UseListRepository } from '../../uses/read/uses.list.repository.ts';
import { SessionLookupRepository } from './session-lookup.repository.ts';

const ACCOUNTS = [1n, 2n, 3n].map((n) => asAddress(0xa0n + n));
const KEYS = [1n, 2n, 3n].map((n) => asKey(0x50n + n));
const TOKEN = asAddress(0x70n);

/** Of the third account nothing is known, of the third key nowhere anything. */
describe('keys that are asked for at once', () => {
  const database = withDatabase();
  const networks: number[] = [];
  const scopes: RequestScope[] = [];

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    for (const label of ['one', 'other']) {
      const networkId = await rows.network(label, BigInt(networks.length + 1));
      networks.push(networkId);
      await rows.head(networkId, headerOf(100, 1_000n));
      for (const [at, account] of ACCOUNTS.slice(0, 2).entries()) {
        await rows.account(networkId, account);
        for (const [of, key] of KEYS.slice(0, 2).entries()) {
          const calls_used = 100 * networkId + 10 * at + of;
          await rows.session(networkId, account, key, { calls_used });
          if (of === 0) await rows.policy(networkId, account, key, TOKEN);
        }
      }
    }
    const few = await database.organisation('few');
    scopes.push(database.everything, few.scope, { organisationId: null });
  });

  const name = fc.record({
    network: fc.nat(1),
    scope: fc.nat(2),
    account: fc.constantFrom(...ACCOUNTS),
    key: fc.constantFrom(...KEYS),
    first: fc.constantFrom(5, 20),
  });

  it('are each answered as they are alone', async () => {
    const lookups = new SessionLookupRepository(database.api);
    const uses = new UseListRepository(database.api);
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 2, maxLength: 12 }), async (asked) => {
        const answer = async ({ network, scope, account, key, first }: (typeof asked)[number]) => {
          const [of, networkId] = [scopes[scope]!, networks[network]!];
          const page = { outcomes: undefined, path: undefined, fromBlock: undefined, toBlock: undefined };
          return await Promise.all([
            lookups.find(of, networkId, account, key, undefined),
            uses.list(of, networkId, {
              ...{
                account,
                sessionKey: key,
                after: undefined,
                limit: first,
                columns: ALL_USE_COLUMNS,
                ...page,
              },
            }),
          ]);
        };
        const together = await Promise.all(asked.map(answer));
        for (const [at, one] of asked.entries()) expect(together[at]).toEqual(await answer(one));
      }),
      { numRuns: 30 },
    );
  });
});
