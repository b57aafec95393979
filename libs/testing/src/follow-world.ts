import { beforeAll } from '@jest/globals';
import { type OrganisationWork, workForOrganisation } from '#libs/access';
import type { Db } from '#libs/database';
import { indexRowsOf } from './index-rows.builder.ts';
import type { TestOrganisation } from './test-organisation.ts';
import { withDatabase } from './with-database.ts';

const ACTOR = { kind: 'KEY', id: 'k', name: 'spec' } as const;

/** Who changes what organisations follow: row-level security stops nothing that the owner does. */
export const WRITERS = [
  ['the role that answers', 'API'],
  ['the owner of the database, on the host', 'OWNER'],
] as const;

/** Two networks, no rules, and what is written of organisations. Call at the top of a describe. */
export const withFollows = (role: (typeof WRITERS)[number][1]) => {
  const database = withDatabase();
  const rows = () => indexRowsOf(database.db);
  let networks: { readonly main: number; readonly other: number } | undefined;
  const require = () => {
    if (networks === undefined) throw new Error('the networks are there only while specs run');
    return networks;
  };
  beforeAll(async () => {
    networks = { main: await rows().network('main'), other: await rows().network('other', 2n) };
    await database.db.deleteFrom('follow_rules').execute();
  });
  const as = <T>(who: TestOrganisation, work: (work: OrganisationWork) => Promise<T>): Promise<T> =>
    role === 'OWNER'
      ? workForOrganisation(database.db, who.id, ACTOR, work)
      : database.api.transact(who.scope, (trx) => work({ trx, organisationId: who.id, actor: ACTOR }));
  const newOrganisations = async (): Promise<[TestOrganisation, TestOrganisation]> => [
    await database.organisation('first'),
    await database.organisation('second'),
  ];
  return {
    database,
    rows,
    ...{ as, newOrganisations },
    followsOf: (of: Of) => followsOf(database.db, require().main, of),
    statusOf: () => statusOf(database.db),
    auditOf: (of: Of) => auditOf(database.db, of),
    get network() {
      return require().main;
    },
    get other() {
      return require().other;
    },
  };
};

interface Of {
  readonly id: number;
}

const followsOf = async (db: Db, main: number, { id }: Of) => {
  const found = await db
    .selectFrom('follows')
    .select(['network_id', 'account', 'label', 'team', 'source'])
    .where('organisation_id', '=', id)
    .orderBy('network_id')
    .orderBy('account')
    .execute();
  return found.map(({ network_id, account, label, team, source }) => [
    network_id === main ? 'main' : 'other',
    ...[account, label, team, source],
  ]);
};

const statusOf = async (db: Db) => {
  const found = await db.selectFrom('accounts').select(['address', 'status']).orderBy('address').execute();
  return found.map(({ address, status }) => [address, status]);
};

const auditOf = async (db: Db, { id }: Of) => {
  const entries = await db
    .selectFrom('audit_entries')
    .select(['action', 'object_id', 'before_text', 'after_text'])
    .where('organisation_id', '=', id)
    .orderBy('sequence')
    .execute();
  return entries.map(({ action, object_id, before_text, after_text }) => [
    action,
    object_id,
    ...[before_text, after_text].map((text) => (text === null ? null : (JSON.parse(text) as unknown))),
  ]);
};
