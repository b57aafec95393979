import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LogEvent, sql } from 'kysely';
import { withDatabase, withLogins } from '#libs/testing';
import {
  createScopedDatabase,
  databaseErrorCode,
  type DatabaseOptions,
  NO_ORGANISATION,
  type RequestScope,
  type ScopedConnection,
  type ScopedDb,
} from '../index.ts';
import { clientOptions } from '../driver/client-options.ts';
import { PooledConnection } from '../driver/pooled-connection.ts';
import { openingOf, settingsOf } from './scope-prefix.ts';

const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => 'no error',
    (error: unknown) => databaseErrorCode(error),
  );

describe('ScopedDb', () => {
  const database = withDatabase();
  const logins = withLogins(database);
  const opened: ScopedConnection[] = [];
  let url: string;
  let db: ScopedDb;
  let a: RequestScope;
  let b: RequestScope;

  const open = (options: Partial<DatabaseOptions> = {}): ScopedDb => {
    const connection = createScopedDatabase({ url, maxConnections: 1, ...options });
    opened.push(connection);
    return connection.db;
  };
  const followed = async (scope: RequestScope, by = db): Promise<string[]> => {
    const rows = await by.read(scope, by.build.selectFrom('follows').select('account').orderBy('account'));
    return rows.map(({ account }) => account);
  };

  beforeAll(async () => {
    url = await logins.create();
    db = open();
    await database.sql`delete from follow_rules`;
    const network = await database.db
      .insertInto('networks')
      .values({ chain_id: '0x1', genesis_hash: '0x1', label: 'x' })
      .returning('network_id')
      .executeTakeFirstOrThrow();
    expect(network.network_id).toBe(1);
    const rows = await database.db
      .insertInto('organisations')
      .values([{ name: 'A' }, { name: 'B' }])
      .returning('organisation_id')
      .execute();
    const [first, second] = rows.map(({ organisation_id }) => ({ organisationId: organisation_id }));
    if (first === undefined || second === undefined) throw new Error('two organisations were made');
    [a, b] = [first, second];
    const follow = ({ organisationId }: RequestScope, account: string, label: string | null) => ({
      organisation_id: organisationId ?? 0,
      network_id: 1,
      account,
      label,
      source: 'ADDED' as const,
    });
    await database.db
      .insertInto('follows')
      .values([
        follow(a, '0xa1', 'till'),
        follow(a, '0xa2', 'it\'s "x"\\'),
        follow(a, '0xc', null),
        follow(b, '0xb1', 'till'),
        follow(b, '0xc', 'ours'),
      ])
      .execute();
    await database.db
      .insertInto('accounts')
      .values(
        ['0xa1', '0xa2', '0xb1', '0xc', '0xd'].map(
          (address) => ({ network_id: 1, address, source: 'WATCH', status: 'FOLLOWED' }) as const,
        ),
      )
      .execute();
  });

  afterAll(async () => {
    for (const connection of opened) await connection.close();
  });

  it('shows the rows of the organisation of the scope and of no other', async () => {
    expect(await followed(a)).toEqual(['0xa1', '0xa2', '0xc']);
    expect(await followed(b)).toEqual(['0xb1', '0xc']);
    const names = await db.read(b, db.build.selectFrom('organisations').select('name'));
    expect(names).toEqual([{ name: 'B' }]);
  });

  it('shows an account to those who follow it', async () => {
    const accounts = (scope: RequestScope) =>
      db.read(scope, db.build.selectFrom('accounts').select('address').orderBy('address'));
    expect(await accounts(b)).toEqual([{ address: '0xb1' }, { address: '0xc' }]);
    expect(await accounts(NO_ORGANISATION)).toEqual([]);
  });

  it('shows nothing of any organisation to a scope without one, and what belongs to nobody to all', async () => {
    expect(await followed(NO_ORGANISATION)).toEqual([]);
    expect(await db.read(NO_ORGANISATION, db.build.selectFrom('networks').select('label'))).toEqual([
      { label: 'x' },
    ]);
  });

  it('shows a limited scope the accounts it lists and those that bear its labels', async () => {
    const limited = (accounts: readonly string[], labels: readonly string[]): RequestScope => ({
      ...a,
      only: { accounts, labels },
    });
    expect(await followed(limited(['1/0xc'], []))).toEqual(['0xc']);
    expect(await followed(limited(['1/0xc', '2/0xa1', '0xa1', '1/0xb1'], []))).toEqual(['0xc']);
    expect(await followed(limited([], ['till', 'ours']))).toEqual(['0xa1']);
    expect(await followed(limited([], ['it\'s "x"\\']))).toEqual(['0xa2']);
    expect(await followed(limited([], []))).toEqual([]);
    const write = db.transact(limited(['1/0xc'], []), (trx) =>
      trx.updateTable('follows').set({ label: 'mine' }).where('account', '=', '0xc').execute(),
    );
    expect(await codeOf(write)).toBe('QUERY_FAILED');
  });

  it('mixes nothing up between requests that share connections', async () => {
    const shared = open({ maxConnections: 3 });
    const scopes = Array.from({ length: 60 }, (_, index) => [a, b, NO_ORGANISATION][index % 3] ?? a);
    const answers = await Promise.all(scopes.map((scope) => followed(scope, shared)));
    for (const [index, scope] of scopes.entries()) {
      expect(answers[index]).toEqual(
        scope === a ? ['0xa1', '0xa2', '0xc'] : scope === b ? ['0xb1', '0xc'] : [],
      );
    }
  });

  it('leaves nothing of a scope on the connection', async () => {
    const connection = new PooledConnection(url, clientOptions({ url }));
    const left = async () => {
      const { rows } = await connection.executeQuery(
        sql`select current_organisation() as organisation, current_setting('purser.scope', true) as scope,
          current_setting('statement_timeout') as timeout, current_setting('plan_cache_mode') as plan`.compile(
          db.build,
        ),
      );
      return rows;
    };
    const nothing = [{ organisation: null, scope: '', timeout: '30s', plan: 'auto' }];
    const scope = { ...a, only: { accounts: [], labels: ['x'] } };
    const opening = openingOf(
      'begin read only',
      settingsOf(scope, { timeoutMs: 100, nowMs: 0, plan: 'CUSTOM' }),
    );
    const inside = sql`select current_organisation() as id`.compile(db.build);
    expect(await connection.readWithin(opening, inside)).toEqual([{ id: a.organisationId }]);
    expect(await left()).toEqual(nothing);
    await expect(connection.readWithin(opening, sql`select 1 / 0`.compile(db.build))).rejects.toThrow(
      'division',
    );
    expect(await left()).toEqual(nothing);
    await connection.end();
  });

  it('leaves nothing of a scope behind a write or a stream either', async () => {
    const limited = { ...a, only: { accounts: ['1/0xc'], labels: ['left'] } };
    const labels = () =>
      db.read(a, sql<{ left: string }>`select current_setting('purser.scope_labels', true) as left`);
    await db.transact(limited, (trx) => trx.selectFrom('follows').selectAll().execute());
    expect(await labels()).toEqual([{ left: '' }]);
    for await (const row of db.stream(limited, db.build.selectFrom('follows').select('account'), 1)) {
      expect(row).toEqual({ account: '0xc' });
    }
    expect(await labels()).toEqual([{ left: '' }]);
  });

  it('writes nothing in a read', async () => {
    const write = db.build.updateTable('follows').set({ label: 'new' }).returning('account');
    expect(await codeOf(db.read(a, write))).toBe('READ_ONLY_SERVER');
  });

  it('writes rows of its own organisation, all or none, and none of another', async () => {
    const row = (scope: RequestScope) =>
      ({
        organisation_id: scope.organisationId ?? 0,
        network_id: 1,
        account: '0xe',
        source: 'ADDED',
      }) as const;
    const insert = (as: RequestScope, of: RequestScope) =>
      db.transact(as, (trx) => trx.insertInto('follows').values(row(of)).execute());
    expect(await codeOf(insert(a, b))).toBe('QUERY_FAILED');
    expect(await codeOf(insert(NO_ORGANISATION, b))).toBe('QUERY_FAILED');
    const thrown = db.transact(a, async (trx) => {
      await trx.insertInto('follows').values(row(a)).execute();
      throw new RangeError('on purpose');
    });
    await expect(thrown).rejects.toThrow(RangeError);
    expect(await followed(a)).not.toContain('0xe');
    await insert(a, a);
    expect(await followed(a)).toContain('0xe');
    expect(await followed(b)).not.toContain('0xe');
    const deleted = await db.transact(b, (trx) =>
      trx.deleteFrom('follows').where('account', '=', '0xe').executeTakeFirst(),
    );
    expect(deleted.numDeletedRows).toBe(0n);
    await db.transact(a, (trx) => trx.deleteFrom('follows').where('account', '=', '0xe').execute());
  });

  it('runs no statement that nobody asked for', async () => {
    const { build } = db;
    expect(await codeOf(build.selectFrom('networks').selectAll().execute())).toBe('UNSCOPED_STATEMENT');
    expect(await codeOf(sql`select 1`.execute(build))).toBe('UNSCOPED_STATEMENT');
    expect(await codeOf(build.transaction().execute(() => Promise.resolve()))).toBe('UNSCOPED_STATEMENT');
    expect(await codeOf(db.read({ organisationId: 0 }, sql`select 1`))).toBe('SCOPE_MALFORMED');
  });

  it('ends a statement with the request, and asks nothing when its time is over', async () => {
    const soon = { ...a, deadlineAtMs: performance.now() + 150 };
    expect(await codeOf(db.read(soon, sql`select pg_sleep(20)`))).toBe('STATEMENT_TIMEOUT');
    expect(await codeOf(db.read({ ...a, deadlineAtMs: 1 }, sql`select 1`))).toBe('STATEMENT_TIMEOUT');
    expect(await codeOf(open({ statementTimeoutMs: 100 }).read(a, sql`select pg_sleep(20)`))).toBe(
      'STATEMENT_TIMEOUT',
    );
    expect(await followed(b)).toEqual(['0xb1', '0xc']);
  });

  it('counts the wait for a connection to the time of the request', async () => {
    const busy = db.read(a, sql`select pg_sleep(0.3)`);
    const late = { ...a, deadlineAtMs: performance.now() + 100 };
    expect(await codeOf(db.read(late, sql`select 1`))).toBe('STATEMENT_TIMEOUT');
    await busy;
  });

  it('goes on in scope after the connection was lost', async () => {
    const asleep = db.read(a, sql`select pg_sleep(20)`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const user = new URL(url).username;
    await database.tamper(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${user}'`);
    expect(await codeOf(asleep)).toBe('CONNECTION_LOST');
    expect(await followed(a)).toEqual(['0xa1', '0xa2', '0xc']);
  });

  it('asks again in scope when a table was changed since the statement was prepared', async () => {
    const statement = db.build.selectFrom('follows').selectAll().where('account', '=', '0xa1');
    expect(await db.read(a, statement)).toHaveLength(1);
    await database.sql`alter table follows add column note text`;
    const [row] = await db.read(a, statement);
    expect(row).toMatchObject({ account: '0xa1', note: null });
    await database.sql`alter table follows drop column note`;
    expect(await db.read(a, statement)).toHaveLength(1);
  });

  it('streams one snapshot in chunks, and gives the connection back to whoever stops', async () => {
    const rows = sql<{
      n: number;
    }>`select n from generate_series(1, 1000) n where current_organisation() = ${a.organisationId}`;
    const seen: number[] = [];
    for await (const { n } of db.stream(a, rows, 64)) seen.push(n);
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
    for await (const { n } of db.stream(a, rows, 64)) if (n === 70) break;
    expect(await followed(b)).toEqual(['0xb1', '0xc']);
    const failing = sql<{ n: number }>`select 1 / (500 - n) as n from generate_series(1, 1000) n`;
    const drain = async () => {
      for await (const row of db.stream(a, failing, 64)) seen.push(row.n);
    };
    expect(await codeOf(drain())).toBe('QUERY_FAILED');
    expect(await followed(b)).toEqual(['0xb1', '0xc']);
  });

  it('waits for a slow reader of a stream longer than a statement may take', async () => {
    const slow = open({ statementTimeoutMs: 100 });
    let count = 0;
    for await (const { n } of slow.stream(a, sql<{ n: number }>`select generate_series(1, 4) as n`, 1)) {
      count += n;
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    expect(count).toBe(10);
  });

  it('plans a statement for its arguments where that is asked for', async () => {
    const plan = sql<{ mode: string }>`select current_setting('plan_cache_mode') as mode`;
    expect(await db.read(a, plan, { plan: 'CUSTOM' })).toEqual([{ mode: 'force_custom_plan' }]);
    expect(await db.read(a, plan)).toEqual([{ mode: 'auto' }]);
  });

  it('tells of each statement once, failed ones too', async () => {
    const events: LogEvent[] = [];
    const observed = open({ onQuery: (event) => events.push(event) });
    await followed(a, observed);
    await codeOf(observed.read(a, sql`select 1 / 0`));
    expect(events.map(({ level, query }) => [level, query.sql])).toEqual([
      ['query', 'select "account" from "follows" order by "account"'],
      ['error', 'select 1 / 0'],
    ]);
  });
});
