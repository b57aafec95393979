import { beforeAll, describe, expect, it } from '@jest/globals';
import { asAddress, asKey, headerOf, indexRowsOf, withDatabase } from '#libs/testing';
import { sessionStanding } from '../session-status.ts';
import { sessionListStatement } from './session-list.statement.ts';
import { SessionListRepository } from './session-list.repository.ts';

const ACCOUNT = asAddress(0xa1n);
const NOW = 10n;
const STATUSES = ['ACTIVE', 'EXPIRED', 'EXHAUSTED', 'REVOKED'] as const;

describe('the list of sessions', () => {
  const database = withDatabase();
  let networkId = 0;
  const list = (query: object = {}) =>
    new SessionListRepository(database.api).list(database.everything, networkId, {
      at: undefined,
      account: undefined,
      statuses: undefined,
      expiresBeforeSeconds: undefined,
      order: 'ACCOUNT_ASC',
      after: undefined,
      limit: 1_000,
      ...query,
    });

  beforeAll(async () => {
    const rows = indexRowsOf(database.db);
    networkId = await rows.network('sepolia');
    await rows.head(networkId, headerOf(5, NOW));
    await rows.account(networkId, ACCOUNT);
    let key = 1n;
    for (const valid_until_seconds of [0n, 9n, 10n, 11n])
      for (const calls_used of [0, 1, 2])
        for (const lifecycle of ['REGISTERED', 'REVOKED'] as const) {
          const version = { valid_until_seconds, max_calls: 1, calls_used, lifecycle };
          await rows.session(networkId, ACCOUNT, asKey(key++), version);
        }
    await rows.session(networkId, ACCOUNT, asKey(500n), { valid_to_block: 4 });
  });

  it('filters by the same rule that names the status', async () => {
    const all = (await list())?.rows ?? [];
    expect(all).toHaveLength(24);
    for (const status of STATUSES) {
      const filtered = (await list({ statuses: [status] }))?.rows.map(({ session }) => session.sessionKey);
      const judged = all.filter(({ session }) => sessionStanding(session, NOW).status === status);
      expect(judged.length).toBeGreaterThan(0);
      expect(filtered).toEqual(judged.map(({ session }) => session.sessionKey));
    }
  });

  it.each([
    ['first', undefined],
    ['next', ['1', '0xa1', '0x1']],
  ])('reads the %s page by remaining calls in the order of an index', async (_page, after) => {
    const query = { at: undefined, account: undefined, statuses: undefined, expiresBeforeSeconds: undefined };
    const order = { order: 'REMAINING_CALLS_ASC', after: after as never, limit: 10 } as const;
    const statement = sessionListStatement(database.api.build, networkId, { ...query, ...order }).compile();
    const plan = await database.sql.begin(async (trx) => {
      await trx`set local enable_seqscan = off`;
      await trx`set local enable_bitmapscan = off`;
      const rows = await trx.unsafe(`explain ${statement.sql}`, [...statement.parameters] as never[]);
      return rows.map((row) => String(Object.values(row)[0])).join('\n');
    });
    const [, scan = ''] = /session_versions_by_remaining_calls[^\n]*\n([^\n]*)/.exec(plan) ?? [];
    expect(scan).toContain('Index Cond');
    expect(scan.includes('ROW(')).toBe(after !== undefined);
  });

  it('leaves versions out that are over', async () => {
    expect((await list())?.rows.some(({ session }) => session.sessionKey === 500n)).toBe(false);
  });

  it('gives the head alone where no session is', async () => {
    const listing = await list({ account: asAddress(0xffn) });
    expect(listing).toMatchObject({ block: { blockNumber: 5 }, rows: [], accountStatus: undefined });
  });

  it('gives nothing where nothing is indexed', async () => {
    const other = new SessionListRepository(database.api).list(database.everything, 9_999, {
      at: undefined,
      account: undefined,
      statuses: undefined,
      expiresBeforeSeconds: undefined,
      order: 'VALID_UNTIL_ASC',
      after: undefined,
      limit: 10,
    });
    expect(await other).toBeUndefined();
  });
});
