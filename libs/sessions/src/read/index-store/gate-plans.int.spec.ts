import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RequestScope } from '#libs/database';
import { toAddress, toSessionKey } from '#libs/felt';
import { headerOf, indexRowsOf, planOf, touched, withDatabase } from '#libs/testing';
import type { CompiledQuery } from 'kysely';
import { ALL_USE_COLUMNS } from '../../uses/read/use-columns.ts';
import { plainUseListOf } from '../../uses/read/uses.statement.ts';
import { accountListStatement } from './account-list.statement.ts';
import { sessionLookupNow } from './session-lookup.statement.ts';
import { type SessionListQuery, sessionListStatement } from './session-list.statement.ts';

jest.setTimeout(120_000);

const ACCOUNTS = 20_000;
const NOTHING = { at: undefined, account: undefined, statuses: undefined, after: undefined, limit: 26 };

describe('lists over all accounts, behind the gate', () => {
  const database = withDatabase();
  let networkId = 0;
  let small: RequestScope;
  let large: RequestScope;

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('sepolia');
    await rows.head(networkId, headerOf(5, 1_000n));
    const address = `('0x' || to_hex(1000000 + n))`;
    await database.sql`delete from follow_rules`;
    await database.sql.unsafe(`
      insert into accounts (network_id, address, source, status)
        select ${networkId}, ${address}, 'WATCH', 'FOLLOWED' from generate_series(1, ${ACCOUNTS}) n;
      insert into session_keys (network_id, account, session_key, slot_base, entrypoints_base)
        select ${networkId}, ${address}, '0x' || to_hex(k), '0x1', '0x2' from generate_series(1, ${ACCOUNTS}) n, generate_series(1, 2) k;
      insert into session_versions (network_id, account, session_key, valid_from_block, valid_until_seconds, max_calls, calls_used,
        allowed_entrypoints, allowed_entrypoints_len, entrypoints_known, lifecycle, lifecycle_block)
        select ${networkId}, ${address}, '0x' || to_hex(k), 1, 2000 + n * 7919 % 100000, 10, n % 10, '{}', 0, true, 'REGISTERED', 1
        from generate_series(1, ${ACCOUNTS}) n, generate_series(1, 2) k`);
    // Of the first accounts, so that the keys that are asked for have many.
    await database.sql.unsafe(`
      insert into blocks select ${networkId}, '0xb' || n, n, '0xb' || n - 1, n, 'ACCEPTED_ON_L1', true from generate_series(6, 1005) n;
      insert into uses (network_id, account, block_number, transaction_index, event_index, block_hash, transaction_hash, session_key,
        outcome, calls_burned, path)
        select ${networkId}, '0x' || to_hex(1000000 + n), b, n, 0, '0xb' || b, '0x' || b * 100 + n, '0x1', 'SUCCEEDED', 1, 'INVOKE'
        from generate_series(1, 20) n, generate_series(6, 1005) b`);
    const [few, many] = [await database.organisation('few'), await database.organisation('many')];
    await database.sql.unsafe(`
      insert into follows (organisation_id, network_id, account, source)
        select ${many.id}, ${networkId}, ${address}, 'ADDED' from generate_series(1, ${ACCOUNTS}) n;
      insert into follows (organisation_id, network_id, account, source)
        select ${few.id}, ${networkId}, ${address}, 'ADDED' from generate_series(10000, 10002) n`);
    await database.tamper('analyze');
    [small, large] = [few.scope, many.scope];
  }, 120_000);

  const planFor = (scope: RequestScope, query: CompiledQuery, plan: 'CUSTOM' | 'GENERIC' = 'CUSTOM') =>
    planOf(database.api, scope, query, { plan });
  const sessions = (order: SessionListQuery['order'], expiresBeforeSeconds?: bigint) =>
    sessionListStatement(database.api.build, networkId, {
      ...NOTHING,
      order,
      expiresBeforeSeconds,
    }).compile();
  const accounts = () => accountListStatement(database.api.build, networkId, NOTHING).compile();

  it.each(['ACCOUNT_ASC', 'VALID_UNTIL_ASC', 'VALID_UNTIL_DESC', 'REMAINING_CALLS_ASC'] as const)(
    'reads no more of the sessions than a page, for who follows all of them: %s',
    async (order) => {
      const rows = touched(await planFor(large, sessions(order)), 'session_versions');
      expect(rows).toBeGreaterThan(25);
      expect(rows).toBeLessThan(500);
    },
  );

  it('reads only what is followed, for who follows little', async () => {
    const plan = await planFor(small, sessions('VALID_UNTIL_ASC', 90_000n));
    expect(touched(plan, 'session_versions')).toBeLessThan(500);
    expect(touched(plan, 'follows')).toBeLessThan(500);
  });

  it('finds keys that are asked for at once each by its index, planned once for all', async () => {
    const parts = Array.from({ length: 16 }, (_, n) =>
      sessionLookupNow({
        networkId,
        account: toAddress(BigInt(1_000_001 + n)),
        key: toSessionKey(1n),
      }).partOf(database.api.build),
    );
    const query = parts[0]!.shape.compile(parts.map(({ values }) => values));
    const plan = await planFor(large, query, 'GENERIC');
    for (const table of ['session_versions', 'accounts']) {
      expect(touched(plan, table)).toBeGreaterThanOrEqual(parts.length);
      expect(touched(plan, table)).toBeLessThan(200);
    }
    expect(touched(plan, 'follows')).toBeLessThan(200);
  });

  it('reads a page of each key whose uses are asked for at once, and no more', async () => {
    const page = { outcomes: undefined, path: undefined, fromBlock: undefined, toBlock: undefined };
    const parts = Array.from({ length: 16 }, (_, n) => {
      const [account, sessionKey] = [toAddress(BigInt(1_000_001 + n)), toSessionKey(1n)];
      const asked = { account, sessionKey, after: undefined, limit: 21, columns: ALL_USE_COLUMNS, ...page };
      return plainUseListOf(networkId, asked)!.partOf(database.api.build);
    });
    const query = parts[0]!.shape.compile(parts.map(({ values }) => values));
    const plan = await planFor(large, query, 'GENERIC');
    expect(touched(plan, 'uses')).toBe(16 * 21);
    expect(touched(plan, 'blocks')).toBeLessThan(16 * 21 + 100);
  });

  it('begins a list of accounts at what is followed', async () => {
    expect(touched(await planFor(small, accounts()), 'accounts')).toBeLessThan(20);
    expect(touched(await planFor(large, accounts()), 'accounts')).toBeLessThan(200);
  });
});
