import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase, withLogins } from '#libs/testing';
import { createScopedDatabase, type NewRow, type ScopedConnection } from '../index.ts';

describe('what organisations follow', () => {
  const database = withDatabase();
  const logins = withLogins(database);
  let api: ScopedConnection;

  const account = (address: string, more: Partial<NewRow<'accounts'>> = {}): NewRow<'accounts'> => ({
    network_id: 1,
    address,
    source: 'WATCH',
    status: 'PENDING',
    ...more,
  });
  const addOrganisation = async (name: string): Promise<number> => {
    const row = await database.db
      .insertInto('organisations')
      .values({ name })
      .returning('organisation_id')
      .executeTakeFirstOrThrow();
    return row.organisation_id;
  };
  const followsOf = (organisationId: number) =>
    database.db
      .selectFrom('follows')
      .select(['network_id', 'account', 'label', 'team', 'source'])
      .where('organisation_id', '=', organisationId)
      .orderBy('network_id')
      .orderBy('account')
      .execute();

  beforeAll(async () => {
    const names = ['one', 'two'];
    await database.db
      .insertInto('networks')
      .values(names.map((label, index) => ({ chain_id: `0x${index + 1}`, genesis_hash: '0x1', label })))
      .execute();
    api = createScopedDatabase({ url: await logins.create() });
  });

  afterAll(() => api.close());

  it('is everything for the organisation that a deployment begins with', async () => {
    await database.db
      .insertInto('accounts')
      .values([account('0x1'), account('0x2', { network_id: 2 })])
      .execute();
    expect(await followsOf(1)).toEqual([
      { network_id: 1, account: '0x1', label: null, team: null, source: 'RULE' },
      { network_id: 2, account: '0x2', label: null, team: null, source: 'RULE' },
    ]);
  });

  it('is what its rules find, of the network that they name, once', async () => {
    const organisationId = await addOrganisation('rules');
    const rule = { organisation_id: organisationId, network_id: 2, kind: 'EVERYTHING' } as const;
    await database.db
      .insertInto('follow_rules')
      .values([
        { ...rule, team: 'first' },
        { ...rule, team: 'second' },
      ])
      .execute();
    const rows = [account('0x11'), account('0x12', { network_id: 2 })];
    await database.db.insertInto('accounts').values(rows).execute();
    await database.db
      .insertInto('accounts')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    expect(await followsOf(organisationId)).toEqual([
      { network_id: 2, account: '0x12', label: null, team: 'first', source: 'RULE' },
    ]);
  });

  it('is what has a class, from the moment that it has it', async () => {
    const organisationId = await addOrganisation('class');
    await database.db
      .insertInto('follow_rules')
      .values({ organisation_id: organisationId, kind: 'CLASS', class_hash: '0xc1', label: 'found' })
      .execute();
    const version = (address: string, block: number, hash: string | null) => ({
      network_id: 1,
      account: address,
      valid_from_block: block,
      class_hash: hash,
    });
    await database.db
      .insertInto('account_versions')
      .values([version('0x21', 1, '0xc1'), version('0x22', 1, '0xc2'), version('0x23', 1, null)])
      .execute();
    await database.sql`update account_versions set valid_to_block = 5 where account = '0x22'`;
    await database.db
      .insertInto('account_versions')
      .values(version('0x22', 5, '0xc1'))
      .execute();
    const found = { network_id: 1, label: 'found', team: null, source: 'RULE' };
    expect(await followsOf(organisationId)).toEqual([
      { ...found, account: '0x21' },
      { ...found, account: '0x22' },
    ]);
  });

  it('keeps what somebody said of the account before a rule found it', async () => {
    const own = {
      organisation_id: 1,
      network_id: 1,
      account: '0x31',
      label: 'till',
      source: 'ADDED',
    } as const;
    await database.db.insertInto('follows').values(own).execute();
    await database.db.insertInto('accounts').values(account('0x31')).execute();
    const found = await followsOf(1);
    expect(found.find((row) => row.account === '0x31')).toMatchObject({ label: 'till', source: 'ADDED' });
  });

  it('lets the indexer add accounts, which may not write what anybody follows', async () => {
    const indexer = await logins.create('in role purser_indexer');
    const connection = createScopedDatabase({ url: indexer });
    const scope = { organisationId: 1 };
    await connection.db.transact(scope, (trx) =>
      trx.insertInto('accounts').values(account('0x41')).execute(),
    );
    expect((await followsOf(1)).map((row) => row.account)).toContain('0x41');
    const write = connection.db.transact(scope, (trx) => trx.deleteFrom('follows').execute());
    await expect(write).rejects.toThrow('permission denied');
    await connection.close();
  });

  it('is told incidents, dead letters and back-fills of those accounts, and what concerns the whole network', async () => {
    const organisationId = await addOrganisation('gated');
    const own = { organisation_id: organisationId, network_id: 1, account: '0x51', source: 'ADDED' } as const;
    await database.db.insertInto('follows').values(own).execute();
    const accounts = ['0x51', '0x52'];
    const letter = {
      network_id: 1,
      block_hash: '0x1',
      transaction_index: 0,
      block_number: 1,
      code: 'X',
      reason: 'x',
    };
    for (const [index, address] of accounts.entries()) {
      await database.db
        .insertInto('dead_letters')
        .values({ ...letter, event_index: index, account: address, raw: {}, transaction_hash: null })
        .execute();
      await database.db
        .insertInto('backfill_jobs')
        .values({ network_id: 1, account: address, from_block: 0 })
        .execute();
    }
    await database.db
      .insertInto('incidents')
      .values(
        [...accounts, null].map((address) => ({
          network_id: 1,
          kind: 'DRIFT' as const,
          account: address,
          details: {},
        })),
      )
      .execute();
    const { build } = api.db;
    const seen = async (table: 'incidents' | 'dead_letters' | 'backfill_jobs') => {
      const rows = await api.db.read({ organisationId }, build.selectFrom(table).select('account'));
      return rows.map((row) => row.account);
    };
    expect(await seen('dead_letters')).toEqual(['0x51']);
    expect(await seen('backfill_jobs')).toEqual(['0x51']);
    expect(await seen('incidents')).toEqual(['0x51', null]);
  });

  it('is found by index, also behind the policy', async () => {
    const plan = async (where: ReturnType<typeof sql>) => {
      const rows = await api.db.read(
        { organisationId: 1 },
        sql<{ 'QUERY PLAN': object }>`explain (format json) select account from follows where ${where}`,
        { plan: 'CUSTOM' },
      );
      return JSON.stringify(rows);
    };
    await database.sql`insert into follows (organisation_id, network_id, account, source)
      select organisation_id, 1, '0x' || to_hex(n + 100000), 'RULE' from generate_series(1, 10000) n, organisations`;
    await database.sql`analyze follows`;
    const one = await plan(sql`network_id = ${1} and account = ${'0x186a1'}`);
    expect(one).toMatch(/"Index Cond":[^}]*organisation_id = .*network_id = .*account\)::text = /);
    const page = await plan(sql`network_id = ${1} and account > ${'0x186a1'} order by account limit 50`);
    expect(page).toMatch(/"Index Cond":[^}]*organisation_id = .*network_id = .*account\)::text > /);
    expect(page).not.toMatch(/Sort/);
  });
});
