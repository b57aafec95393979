import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RIGHTS } from '#libs/api';
import { createScopedDatabase, type ScopedConnection, type ScopedDb } from '#libs/database';
import { withDatabase } from '#libs/testing';
import { BoundedQueue } from '../../libs/live/src/bounded-queue.ts';
import { allOf } from './matrix/complete.ts';
import { findingsOf, questionsIn, tablesIn } from './matrix/gate-audit.ts';
import { rewriting, type Rewrite } from './matrix/rewrite.ts';
import { readRoleTable, schemaOf } from './matrix/role-table.ts';
import { firstMutationFault } from './matrix/run-mutations.ts';
import { answersTo, firstFault, sharedFaults, STRANGERS } from './matrix/run-matrix.ts';
import type { Samples } from './matrix/sample.ts';
import { WITHOUT_OWN } from './matrix/without-own.ts';
import { openWorld, type World, type WorldOptions } from './matrix/world.ts';
import { SAMPLES } from './samples/index.ts';
import { MUTATIONS } from './samples/mutations.ts';

jest.setTimeout(240_000);

/** As `isFollowed` writes it. */
const GATE =
  /exists \(select from follows gate where gate\.network_id = \$\d+::integer and gate\.account = (?:\$\d+|[\w".]+)\)/g;

/** Lets everybody through, with the parameters where they were. */
const withoutGates = (sql: string): string => sql.replaceAll(GATE, (gate) => `(true or ${gate})`);

/** What a statement says of whose rows it wants, beside the policy that says it again. */
const OWN = /"?\w+"?\."organisation_id" = current_organisation\(\)/g;

/** Leaves it to the policy alone. */
const withoutOwn = (sql: string): string => sql.replaceAll(OWN, (condition) => `(true or ${condition})`);

/** A statement joins both, so that each is cut by the policy of the other too: one is looked at with the other off. */
const CUT_TOO: Readonly<Record<string, string>> = {
  api_keys: 'organisations',
  members: 'organisations',
  organisations: 'api_keys',
};

const noop = (): void => undefined;

const switchTo = (table: string, state: 'enable' | 'disable'): string =>
  `alter table ${table} ${state} row level security`;

/** Faults that are planted into a running server. */
interface Faults {
  lettingIn: 'AS_THEY_ARE' | 'WITH_EVERY_RIGHT' | 'NOBODY_AS_THE_OWNER';
}

const lettingIn =
  (faults: Faults): NonNullable<WorldOptions['access']> =>
  (access) => ({
    hasher: access.hasher,
    authenticate: async (headers) => {
      const owner = faults.lettingIn === 'NOBODY_AS_THE_OWNER' && headers['authorization'] === undefined;
      const principal = await access.authenticate(
        owner ? { 'x-api-key': await access.keyOf('ADMIN') } : headers,
      );
      if (faults.lettingIn === 'WITH_EVERY_RIGHT' && principal)
        return { ...principal, rights: new Set(RIGHTS) };
      return principal;
    },
  });

describe('the matrix is red', () => {
  const database = withDatabase();
  const roleTable = readRoleTable();
  const samples = allOf(SAMPLES);
  const faults: Faults = { lettingIn: 'AS_THEY_ARE' };
  const rewrite: Rewrite = { sql: (sql) => sql };
  let world: World;
  beforeAll(async () => {
    const api = (db: ScopedDb): ScopedDb => rewriting(db, rewrite);
    world = await openWorld(database, { api, access: lettingIn(faults) });
    for (const field of Object.keys(samples)) {
      const from = world.statements.length;
      await answersTo(world, 'ADMIN', only(field));
      const sent = world.statements.slice(from);
      tablesOf.set(field, new Set(sent.flatMap((statement) => [...tablesIn(statement)])));
    }
  }, 240_000);
  afterAll(() => world.close());

  const fault = (of: Samples = samples) => firstFault(world, of, roleTable);
  const only = (...fields: string[]): Samples =>
    Object.fromEntries(fields.map((field) => [field, samples[field] ?? []]));

  /** The fields whose statements read a table, those that read least else first: there the fault is found at once. */
  const tablesOf = new Map<string, ReadonlySet<string>>();
  const fieldsReading = (table: string): Samples =>
    only(
      ...[...tablesOf]
        .filter(([, tables]) => tables.has(table))
        .toSorted(([, a], [, b]) => a.size - b.size)
        .map(([field]) => field),
    );

  /** Where nothing is found, once more while the stranger follows the same account. */
  const faultOrShared = async (of: Samples): Promise<string | undefined> => {
    const found = await fault(of);
    if (found !== undefined) return found;
    await world.shareWithStranger(true);
    try {
      return (await sharedFaults(world, of))[0];
    } finally {
      await world.shareWithStranger(false);
    }
  };

  /** Plants one in what keeps the rows of a table; the statements' own conditions and the policy beside it are off. */
  const withFault = async (table: string, plant: string, mend: string): Promise<string | undefined> => {
    const beside = CUT_TOO[table];
    const also = (state: 'enable' | 'disable'): string =>
      beside === undefined ? '' : `; ${switchTo(beside, state)}`;
    await database.tamper(plant + also('disable'));
    rewrite.sql = withoutOwn;
    try {
      return await faultOrShared(fieldsReading(table));
    } finally {
      rewrite.sql = (sql) => sql;
      await database.tamper(mend + also('enable'));
    }
  };

  it.each([
    ...['follows', 'accounts', 'incidents', 'backfill_jobs', 'dead_letters', 'row_reviews'],
    ...['groups', 'group_members', 'follow_rules', 'api_keys', 'members', 'exports', 'audit_entries'],
  ])('with row-level security off on %s', async (table) => {
    const found = await withFault(table, switchTo(table, 'disable'), switchTo(table, 'enable'));
    expect(found).toMatch(/(STRANGER|LIMITED_BY_ACCOUNT) was told|everybody gets the same answer/);
  });

  it('with any policy of the API opened, or dropped, whose table is read', async () => {
    const policies = await database.sql<
      { tablename: string; policyname: string; qual: string; cmd: string; check: string | null }[]
    >`
      select tablename, policyname, qual, cmd, with_check as check from pg_policies
      where schemaname = 'public' and 'purser_api' = any (roles) order by 1, 2`;
    const green: string[] = [];
    const red: string[] = [];
    for (const { tablename: table, policyname: name, qual, cmd, check } of policies) {
      // What no root field reads yet is looked at as soon as one does.
      if (Object.keys(fieldsReading(table)).length > 0) {
        const make = `create policy ${name} on ${table} for ${cmd} to purser_api using (${qual})${check === null ? '' : ` with check (${check})`}`;
        const mend = `alter policy ${name} on ${table} using (${qual})`;
        const opened = await withFault(table, `alter policy ${name} on ${table} using (true)`, mend);
        if (opened === undefined) green.push(`${table} opened`);
        const dropped = await withFault(table, `drop policy ${name} on ${table}`, make);
        if (dropped === undefined) green.push(`${table} dropped`);
        red.push(table);
      }
    }
    expect(green).toEqual([]);
    expect(red).toEqual(
      expect.arrayContaining([
        ...['accounts', 'backfill_jobs', 'dead_letters', 'follows', 'incidents', 'row_reviews', 'groups'],
        ...[
          'group_members',
          'follow_rules',
          'api_keys',
          'members',
          'exports',
          'audit_entries',
          'audit_heads',
        ],
      ]),
    );
  });

  it('with a role that may do everything', async () => {
    faults.lettingIn = 'WITH_EVERY_RIGHT';
    expect(await fault(only('Query.debits'))).toMatch(
      /INTEGRATOR was refused \[\] instead of \[FORBIDDEN READ_SPENDING\]/,
    );
    expect(await fault(only('Query.incidents'))).toMatch(
      /was refused \[\] instead of \[FORBIDDEN READ_OPERATIONS\]/,
    );
  });

  it('with a door that lets nobody in particular in', async () => {
    faults.lettingIn = 'NOBODY_AS_THE_OWNER';
    expect(await fault(only('Query.viewer'))).toMatch(
      /NOBODY was refused \[\] instead of \[UNAUTHENTICATED\]/,
    );
    faults.lettingIn = 'AS_THEY_ARE';
  });

  it('without the rule before a field', async () => {
    const field = schemaOf(world.server).getQueryType()!.getFields()['debits']!;
    const { resolve } = field;
    field.resolve = () => null;
    expect(await fault(only('Query.debits'))).toMatch(/NOBODY was refused|INTEGRATOR was refused/);
    Object.assign(field, { resolve });
  });

  it('without the rule before a subscription', async () => {
    const field = schemaOf(world.server).getSubscriptionType()!.getFields()['changed']!;
    const { subscribe } = field;
    field.subscribe = () => new BoundedQueue({ maxEvents: 1, maxSize: 1 }, { onRoom: noop, onEnd: noop });
    expect(await fault(only('Subscription.changed'))).toMatch(/NOBODY was refused \[\]/);
    Object.assign(field, { subscribe });
  });

  describe('where something is changed', () => {
    const called = (field: string, of: World = world) =>
      firstMutationFault(of, { [field]: MUTATIONS[field] ?? [] }, roleTable);

    it('by a role that may do everything', async () => {
      faults.lettingIn = 'WITH_EVERY_RIGHT';
      for (const field of ['Mutation.revokeApiKey', 'Mutation.createGroup', 'Mutation.reviewRows'])
        expect(await called(field)).toMatch(/was refused \[\] instead of \[FORBIDDEN \w+\]/);
      faults.lettingIn = 'AS_THEY_ARE';
    });

    it('by nobody in particular', async () => {
      faults.lettingIn = 'NOBODY_AS_THE_OWNER';
      expect(await called('Mutation.updateOrganisation')).toMatch(
        /NOBODY was refused \[\] instead of \[UNAUTHENTICATED\]/,
      );
      faults.lettingIn = 'AS_THEY_ARE';
    });

    it.each(Object.keys(MUTATIONS).filter((field) => !/openSignIn|signIn/.test(field)))(
      'without the rule before %s',
      async (name) => {
        const field = schemaOf(world.server).getMutationType()!.getFields()[name.split('.')[1] ?? '']!;
        const { resolve } = field;
        const things = await world.freshThings();
        field.resolve = () => null;
        const found = await called(name, { ...world, freshThings: () => Promise.resolve(things) });
        Object.assign(field, { resolve });
        expect(found).toMatch(/was refused \[\] instead of \[FORBIDDEN \w+\]/);
      },
    );

    it.each([
      ['exports', 'Mutation.revokeExport'],
      ['groups', 'Mutation.renameGroup'],
      ['groups', 'Mutation.deleteGroup'],
      ['api_keys', 'Mutation.revokeApiKey'],
      ['api_keys', 'Mutation.rotateApiKey'],
      ['members', 'Mutation.disableMember'],
      ['members', 'Mutation.setMemberRole'],
      ['follow_rules', 'Mutation.deleteFollowRule'],
      ['follows', 'Mutation.reviewRows'],
    ])('with row-level security off on %s: %s', async (table, field) => {
      const things = await world.freshThings();
      await database.tamper(switchTo(table, 'disable'));
      rewrite.plugin = WITHOUT_OWN;
      const found = await called(field, { ...world, freshThings: () => Promise.resolve(things) });
      rewrite.plugin = undefined;
      await database.tamper(switchTo(table, 'enable'));
      expect(found).toMatch(/STRANGER (was told|has changed)/);
    });
  });

  it('nowhere among changes, where row-level security is all that is left', async () => {
    rewrite.plugin = WITHOUT_OWN;
    const found = await firstMutationFault(world, MUTATIONS, roleTable);
    rewrite.plugin = undefined;
    expect(found).toBeUndefined();
  });

  it.each([
    ['Query.use', 'uses'],
    ['Query.sessions', 'session_versions'],
  ])('without the gate of %s', async (field, table) => {
    rewrite.sql = (sql) => (tablesIn({ sql }).has(table) ? withoutGates(sql) : sql);
    expect(await fault(only(field))).toMatch(/STRANGER was told/);
    rewrite.sql = (sql) => sql;
  });

  describe('statement by statement', () => {
    let pool: ScopedConnection;
    beforeAll(() => {
      pool = createScopedDatabase({ url: database.urls.api });
    });
    afterAll(() => pool.close());

    it('finds something for strangers in each whose gates are taken out', async () => {
      const from = world.statements.length;
      await answersTo(world, 'ADMIN', samples);
      const outsider = await database.organisation('outsider');
      // What is reviewed is kept by the policy of the reviews as well: there the gate is not alone.
      const gated = questionsIn(world.statements.slice(from)).filter(
        ({ sql, parameters }) => sql.match(GATE) !== null && !parameters.includes('FLAGGED'),
      );
      const open = gated.map((query) => ({ ...query, sql: withoutGates(query.sql) }));
      const [closed, opened] = [
        [...(await findingsOf(pool.db, outsider.scope, gated)).values()],
        [...(await findingsOf(pool.db, outsider.scope, open)).values()],
      ];
      const harmless = gated.filter((_query, at) => closed[at] === opened[at]);
      expect(gated.length).toBeGreaterThan(10);
      expect(harmless.map(({ sql, parameters }) => [parameters, sql.slice(0, 200), sql.slice(-200)])).toEqual(
        [],
      );
    });
  });

  it('and green where nothing is planted', async () => {
    expect(STRANGERS).toHaveLength(3);
    expect(await fault(only('Query.session', 'Query.use', 'Query.debits'))).toBeUndefined();
  });
});
