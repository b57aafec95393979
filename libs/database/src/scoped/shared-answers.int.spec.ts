import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { withDatabase, withLogins } from '#libs/testing';
import { twoOrganisations } from '../../spec/two-organisations.ts';
import {
  createScopedDatabase,
  databaseErrorCode,
  NO_ORGANISATION,
  type RequestScope,
  type ScopedConnection,
} from '../index.ts';

jest.setTimeout(120_000);

const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => 'no error',
    (error: unknown) => databaseErrorCode(error),
  );

describe('an answer that is shared', () => {
  const database = withDatabase();
  const logins = withLogins(database);
  const scopes: RequestScope[] = [];
  let connection: ScopedConnection;
  let [a, b]: RequestScope[] = [];

  const followed = () =>
    sql<{ account: string; team: string | null }>`select account, team from follows order by account`;
  const share = (scope: RequestScope, statement = followed()) => connection.db.readShared(scope, statement);
  beforeAll(async () => {
    connection = createScopedDatabase({
      url: await logins.create(),
      maxConnections: 3,
    });
    const [first, second] = await twoOrganisations(database);
    [a, b] = [first, second];
    scopes.push(first, second, NO_ORGANISATION);
    scopes.push({ ...first, only: { accounts: ['1/0x1', '1/0x2'], labels: [] } });
    scopes.push({ ...first, only: { accounts: [], labels: ['till'] } });
    scopes.push({ ...first, only: { accounts: [], labels: [] } });
  });

  afterAll(() => connection.close());

  it('is for nobody of another organisation or scope, nor with other arguments', async () => {
    const answers = await Promise.all(scopes.map((scope) => share(scope)));
    expect(answers.map((rows) => rows.map(({ account, team }) => `${account} ${team}`))).toEqual([
      [1, 2, 3, 4].map((n) => `0x${n} team ${a!.organisationId}`),
      [1, 2, 3, 4].map((n) => `0x${n} team ${b!.organisationId}`),
      [],
      [1, 2].map((n) => `0x${n} team ${a!.organisationId}`),
      [`0x3 team ${a!.organisationId}`],
      [],
    ]);
    const of = (account: string | bigint) =>
      connection.db.readShared(a!, sql<{ is: string }>`select ${account}::text as is`);
    expect([await of('1'), await of(1n), await of('2')]).toEqual([
      [{ is: '1' }],
      [{ is: '1' }],
      [{ is: '2' }],
    ]);
  });

  it('cannot be changed by one whom it was given', async () => {
    const rows = await share(a!);
    expect(() => (rows as unknown[]).pop()).toThrow(TypeError);
  });

  it('is what reading anew says, whoever wrote, commits late or rolls back meanwhile', async () => {
    const steps = fc.array(
      fc.record({
        what: fc.constantFrom('ask', 'ask', 'ask', 'write', 'unfollow', 'begin', 'commit', 'rollback'),
        scope: fc.nat(5),
        account: fc.integer({ min: 1, max: 4 }).map((n) => `0x${n}`),
        team: fc.constantFrom('x', 'y', 'z'),
      }),
      { minLength: 5, maxLength: 20 },
    );
    let asked = 0;
    const open = await database.sql.reserve();
    let isOpen = false;
    const end = async (how: 'commit' | 'rollback') => {
      if (isOpen) await open.unsafe(how);
      isOpen = false;
    };
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        for (const { what, scope, account, team } of all) {
          const who = scopes[scope] ?? NO_ORGANISATION;
          const organisation = (scope % 2 === 0 ? a : b)!.organisationId;
          if (what === 'ask') {
            const [one, two] = await Promise.all([share(who), share(who)]);
            const anew = await connection.db.read(who, followed());
            expect([one, two]).toEqual([anew, anew]);
            asked += 2;
          }
          if (what === 'write')
            await database.sql`insert into follows (organisation_id, network_id, account, team, source)
              values (${organisation}, 1, ${account}, ${team}, 'ADDED')
              on conflict (organisation_id, network_id, account) do update set team = excluded.team`;
          if (what === 'unfollow')
            await database.sql`delete from follows where organisation_id = ${organisation} and account = ${account}`;
          if (what === 'begin' && !isOpen) {
            await open.unsafe('begin');
            // A row that nothing else writes, so that nobody waits for it.
            await open.unsafe(`insert into follows (organisation_id, network_id, account, team, source)
              values (${organisation}, 1, '0x5', '${team}', 'ADDED')
              on conflict (organisation_id, network_id, account) do update set team = excluded.team`);
            isOpen = true;
          }
          if (what === 'commit' || what === 'rollback') await end(what);
        }
        await end('rollback');
      }),
      { numRuns: 60 },
    );
    open.release();
    expect(asked).toBeGreaterThan(200);
  });

  it('is not one that failed: each is told so', async () => {
    const wrong = sql`select 1 / (select count(*) from follows where account = '0xf')`;
    const both = [connection.db.readShared(a!, wrong), connection.db.readShared(a!, wrong)];
    expect(await Promise.all(both.map(codeOf))).toEqual(['QUERY_FAILED', 'QUERY_FAILED']);
  });

  it('does not end with the time of the one who asked first', async () => {
    const slow = sql<{ is: string }>`select 'late' as is, pg_sleep(0.4)::text`;
    const hurried = codeOf(connection.db.readShared({ ...a!, deadlineAtMs: performance.now() + 200 }, slow));
    const patient = connection.db.readShared(a!, slow);
    expect(await hurried).toBe('STATEMENT_TIMEOUT');
    expect((await patient)[0]?.is).toBe('late');
  });
});
