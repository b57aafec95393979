import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase, withLogins } from '#libs/testing';
import { twoOrganisations } from '../../spec/two-organisations.ts';
import {
  createScopedDatabase,
  databaseErrorCode,
  type Db,
  NO_ORGANISATION,
  NUMBER_SLOT,
  type RequestScope,
  type ScopedConnection,
  templateOf,
  TEXT_SLOT,
} from '../index.ts';

jest.setTimeout(120_000);

const codeOf = (error: unknown): string | undefined => databaseErrorCode(error);

/** With a constant among its parameters, and with one value in two places. */
const followOf = templateOf(
  { network: NUMBER_SLOT, account: TEXT_SLOT },
  (db: Db, { network, account }: { network: number; account: string }) =>
    db
      .selectFrom('follows')
      .select([
        'account',
        'team',
        sql<string>`${'constant'}::text`.as('same'),
        sql<string>`${account}::text`.as('asked'),
      ])
      .where('network_id', '=', network)
      .where('account', '=', account),
);

/** Fails for what is no number; takes as long as it is told to. */
const patienceOf = templateOf(
  { text: TEXT_SLOT },
  (_db: Db, { text }: { text: string }) =>
    sql<{
      seconds: number;
    }>`select seconds from (select ${text}::double precision as seconds) t, pg_sleep(seconds)`,
);

describe('one row, asked for by several at a time', () => {
  const database = withDatabase();
  const logins = withLogins(database);
  let connection: ScopedConnection;
  let statements: string[] = [];
  let [a, b]: RequestScope[] = [];

  beforeAll(async () => {
    connection = createScopedDatabase({
      url: await logins.create(),
      maxConnections: 3,
      onQuery: ({ query }) => statements.push(query.sql),
    });
    [a, b] = await twoOrganisations(database);
  });
  beforeEach(() => {
    statements = [];
  });
  afterAll(() => connection.close());

  const teamOf = async (scope: RequestScope, account: string, network = 1) =>
    (await connection.db.readOne(scope, followOf({ network, account })))?.team;

  it('is read by one statement, and each is given what he would be given alone', async () => {
    const asked = ['0x3', '0x1', '0x99', '0x3', '0x2'];
    const together = await Promise.all(
      asked.map((account) => connection.db.readOne(a!, followOf({ network: 1, account }))),
    );
    expect(statements).toHaveLength(1);
    for (const [at, account] of asked.entries()) {
      const [alone] = await connection.db.read(a!, followOf({ network: 1, account }));
      expect(together[at] && { ...together[at] }).toEqual(alone && { asked_place: at + 1, ...alone });
    }
    expect(together[2]).toBeUndefined();
  });

  it('is read for a list by one statement, in order, in the scope of who asks', async () => {
    const eachOf = (scope: RequestScope, accounts: readonly string[]) =>
      connection.db.readEach(
        scope,
        accounts.map((account) => followOf({ network: 1, account })),
      );
    const rows = await eachOf(b!, ['0x4', '0x99', '0x1', '0x4']);
    expect(rows.map((row) => row?.asked)).toEqual(['0x4', undefined, '0x1', '0x4']);
    expect(new Set(rows.map((row) => row?.team))).toEqual(new Set([`team ${b!.organisationId}`, undefined]));
    expect(statements).toHaveLength(1);
    expect(await eachOf(b!, [])).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(await eachOf(NO_ORGANISATION, ['0x4'])).toEqual([undefined]);
  });

  it('is refused of two templates in one list, and says the fault of its statement', async () => {
    const same = templateOf({ account: TEXT_SLOT }, (db: Db, { account }: { account: string }) =>
      db.selectFrom('follows').select('team').where('account', '=', account),
    );
    const other = templateOf({ account: TEXT_SLOT }, (db: Db, { account }: { account: string }) =>
      db.selectFrom('follows').select('team').where('label', '=', account),
    );
    const mixed = connection.db.readEach(a!, [same({ account: '0x1' }), other({ account: '0x1' })]);
    expect(await mixed.catch(codeOf)).toBe('STATEMENT_VARIES');
    const faulty = connection.db.readEach(a!, [patienceOf({ text: '0' }), patienceOf({ text: 'x' })]);
    expect(await faulty.catch(codeOf)).toBe('QUERY_FAILED');
  });

  it('is read by the plain statement where nobody else asks', async () => {
    expect(await teamOf(a!, '0x1')).toBe(`team ${a!.organisationId}`);
    const [plain] = statements;
    expect(plain).toBe(followOf({ network: 1, account: '' }).compile(connection.db.build).sql);
  });

  it('is of the rows that each scope sees, and of no other', async () => {
    const limited = { ...a!, only: { accounts: ['1/0x1'], labels: [] } };
    const labelled = { ...a!, only: { accounts: [], labels: ['till'] } };
    const scopes = [a!, b!, NO_ORGANISATION, limited, labelled, b!, limited];
    const seen = await Promise.all(
      scopes.map((scope) => Promise.all(['0x1', '0x3'].map((account) => teamOf(scope, account)))),
    );
    const [of, ofOther] = [a!, b!].map(({ organisationId }) => `team ${organisationId}`);
    expect(seen).toEqual([
      [of, of],
      [ofOther, ofOther],
      [undefined, undefined],
      [of, undefined],
      [undefined, of],
      [ofOther, ofOther],
      [of, undefined],
    ]);
    expect(statements).toHaveLength(5);
  });

  it('is of the arguments of each', async () => {
    const asked = [
      teamOf(a!, '0x1', 1),
      teamOf(a!, '0x1', 2),
      teamOf(a!, `0x"1,\\{}'`),
      teamOf(a!, '0x1', 2 ** 40),
    ];
    expect(await Promise.all(asked)).toEqual([`team ${a!.organisationId}`, undefined, undefined, undefined]);
    expect(statements).toHaveLength(1);
  });

  it('fails for whoever asked wrong, and for nobody else', async () => {
    const outcomes = await Promise.allSettled(
      ['0', 'never', '0.001'].map((text) => connection.db.readOne(a!, patienceOf({ text }))),
    );
    expect(
      outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? outcome.value?.seconds : codeOf(outcome.reason),
      ),
    ).toEqual([0, 'QUERY_FAILED', 0.001]);
  });

  it('is asked alone where it takes too long together', async () => {
    const texts = ['1.3', '1.301'];
    const answers = await Promise.all(texts.map((text) => connection.db.readOne(a!, patienceOf({ text }))));
    expect(answers.map((answer) => answer?.seconds)).toEqual(texts.map(Number));
    expect(statements).toHaveLength(3);
  });

  it('fails once for all where the way to the server is lost', async () => {
    const asking = ['1', '0.9'].map((text) => connection.db.readOne(a!, patienceOf({ text })));
    const outcomes = Promise.allSettled(asking);
    await database.tamper(`do $$ begin
      loop
        perform pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event = 'PgSleep' and pid <> pg_backend_pid();
        exit when found;
        perform pg_sleep(0.01);
      end loop;
    end $$`);
    const codes = (await outcomes).map((outcome) => outcome.status === 'rejected' && codeOf(outcome.reason));
    expect(codes).toEqual(['CONNECTION_LOST', 'CONNECTION_LOST']);
    expect(statements).toHaveLength(1);
  });

  it('ends for whoever has no time left, and goes on for who has', async () => {
    const hurried = { ...a!, deadlineAtMs: performance.now() + 200 };
    const [late, patient] = await Promise.allSettled([
      connection.db.readOne(hurried, patienceOf({ text: '0.4' })),
      connection.db.readOne(a!, patienceOf({ text: '0.401' })),
    ]);
    expect(late.status === 'rejected' && codeOf(late.reason)).toBe('STATEMENT_TIMEOUT');
    expect(patient).toMatchObject({ status: 'fulfilled', value: { seconds: 0.401 } });
  });
});
