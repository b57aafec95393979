import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestScope } from '#libs/database';
import { toAddress, toClassHash } from '#libs/felt';
import { indexRowsOf, type TestOrganisation, withDatabase } from '#libs/testing';
import {
  addToGroup,
  createGroup,
  deleteGroup,
  groupListStatement,
  removeFromGroup,
} from '../groups/groups.ts';
import { type OrganisationWork, workForOrganisation } from '../organisations/organisation-work.ts';
import { followAccounts, labelAccounts, unfollowAccounts } from './follow-accounts.ts';
import { createFollowRule, deleteFollowRule } from './follow-rules.ts';

const A1 = toAddress(0xa1n);
const A2 = toAddress(0xa2n);
const A3 = toAddress(0xa3n);
const CLASS = toClassHash(0xc1n);
const ACTOR = { kind: 'KEY', id: 'k', name: 'spec' } as const;

describe.each([
  ['the role that answers', 'API'],
  ['the owner of the database, on the host', 'OWNER'],
] as const)('what an organisation follows, changed by %s', (_who, role) => {
  const database = withDatabase();
  const rows = () => indexRowsOf(database.db);
  let [network, other] = [0, 0];

  /** Row-level security stops nothing that the owner does. */
  const as = <T>(who: TestOrganisation, work: (work: OrganisationWork) => Promise<T>): Promise<T> =>
    role === 'OWNER'
      ? workForOrganisation(database.db, who.id, ACTOR, work)
      : database.api.transact(who.scope, (trx) => work({ trx, organisationId: who.id, actor: ACTOR }));
  const followsOf = async ({ id }: { id: number }) => {
    const found = await database.db
      .selectFrom('follows')
      .select(['network_id', 'account', 'label', 'team', 'source'])
      .where('organisation_id', '=', id)
      .orderBy('network_id')
      .orderBy('account')
      .execute();
    return found.map(({ network_id, account, label, team, source }) => [
      network_id === network ? 'main' : 'other',
      ...[account, label, team, source],
    ]);
  };
  const statusOf = async () => {
    const found = await database.db
      .selectFrom('accounts')
      .select(['address', 'status'])
      .orderBy('address')
      .execute();
    return found.map(({ address, status }) => [address, status]);
  };
  const auditOf = async ({ id }: { id: number }) => {
    const entries = await database.db
      .selectFrom('audit_entries')
      .select(['action', 'object_id', 'before_text', 'after_text'])
      .where('organisation_id', '=', id)
      .orderBy('sequence')
      .execute();
    return entries.map(({ action, object_id, before_text, after_text }) => [
      action,
      object_id,
      before_text === null ? null : (JSON.parse(before_text) as unknown),
      after_text === null ? null : (JSON.parse(after_text) as unknown),
    ]);
  };
  const newOrganisations = async (): Promise<[TestOrganisation, TestOrganisation]> => [
    await database.organisation('first'),
    await database.organisation('second'),
  ];

  beforeAll(async () => {
    network = await rows().network('main');
    other = await rows().network('other', 2n);
    await database.db.deleteFrom('follow_rules').execute();
  });

  it('is followed once, asked of the indexer, and noted with who did it, before and after', async () => {
    const [organisation] = await newOrganisations();
    const wishes = [{ account: A1, label: ' till ', team: 'ops' }, { account: A2 }];
    const outcomes = [];
    for (let time = 0; time < 2; time += 1)
      outcomes.push(await as(organisation, (work) => followAccounts(work, network, wishes, 'ADDED')));
    outcomes.push(
      await as(organisation, (work) =>
        followAccounts(
          work,
          network,
          [
            { account: A1, label: 'shop' },
            { account: A2, label: '  ' },
          ],
          'IMPORT',
        ),
      ),
    );
    expect(outcomes).toEqual([
      { followed: 2, changed: 0, unchanged: 0 },
      { followed: 0, changed: 0, unchanged: 2 },
      { followed: 0, changed: 1, unchanged: 1 },
    ]);
    expect(await followsOf(organisation)).toEqual([
      ['main', '0xa1', 'shop', 'ops', 'ADDED'],
      ['main', '0xa2', null, null, 'ADDED'],
    ]);
    expect(await statusOf()).toEqual([
      ['0xa1', 'PENDING'],
      ['0xa2', 'PENDING'],
    ]);
    const till = { label: 'till', team: 'ops', costCentre: null, source: 'ADDED' };
    expect(await auditOf(organisation)).toEqual([
      ['ACCOUNT_FOLLOWED', `${network}/0xa1`, null, till],
      ['ACCOUNT_FOLLOWED', `${network}/0xa2`, null, { ...till, label: null, team: null }],
      ['ACCOUNT_LABELLED', `${network}/0xa1`, till, { ...till, label: 'shop' }],
    ]);
  });

  it('belongs to the organisation: another one labels and leaves the same account by itself', async () => {
    const [one, two] = await newOrganisations();
    for (const [who, label] of [
      [one, 'of one'],
      [two, 'of two'],
    ] as const)
      await as(who, (work) => followAccounts(work, network, [{ account: A1, label }], 'ADDED'));
    await as(one, (work) => followAccounts(work, other, [{ account: A1, label: 'elsewhere' }], 'ADDED'));
    expect(await as(one, (work) => labelAccounts(work, network, [{ account: A1, label: null }]))).toBe(1);
    expect(await followsOf(two)).toEqual([['main', '0xa1', 'of two', null, 'ADDED']]);
    expect(await as(one, (work) => unfollowAccounts(work, network, [A1, A3]))).toBe(1);
    expect(await as(one, (work) => unfollowAccounts(work, network, [A1]))).toBe(0);
    expect(await followsOf(one)).toEqual([['other', '0xa1', 'elsewhere', null, 'ADDED']]);
    expect(await followsOf(two)).toEqual([['main', '0xa1', 'of two', null, 'ADDED']]);
    expect((await auditOf(one)).map(([action]) => action)).toEqual([
      'ACCOUNT_FOLLOWED',
      'ACCOUNT_FOLLOWED',
      'ACCOUNT_LABELLED',
      'ACCOUNT_UNFOLLOWED',
    ]);
    expect((await auditOf(two)).map(([action]) => action)).toEqual(['ACCOUNT_FOLLOWED']);
    // The index goes on with what somebody or nobody follows.
    expect(await statusOf()).toContainEqual(['0xa1', 'PENDING']);
  });

  it('changes as a whole or not at all, the audit log with it', async () => {
    const [organisation] = await newOrganisations();
    const [bad, twice] = [
      [{ account: A1 }, { account: A2, label: 'x'.repeat(201) }],
      [{ account: A1 }, { account: A1 }],
    ];
    for (const wishes of [bad, twice])
      await expect(
        as(organisation, (work) => followAccounts(work, network, wishes, 'ADDED')),
      ).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await as(organisation, (work) => followAccounts(work, network, [{ account: A1 }], 'ADDED'));
    await expect(
      as(organisation, (work) =>
        labelAccounts(work, network, [
          { account: A1, label: 'x' },
          { account: A3, label: 'y' },
        ]),
      ),
    ).rejects.toMatchObject({ code: 'NOT_FOUND', details: { accounts: ['0xa3'] } });
    expect(await followsOf(organisation)).toEqual([['main', '0xa1', null, null, 'ADDED']]);
    expect(await auditOf(organisation)).toHaveLength(1);
    const many = Array.from({ length: 501 }, (_, index) => ({ account: toAddress(BigInt(index + 1)) }));
    await expect(
      as(organisation, (work) => followAccounts(work, network, many, 'ADDED')),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  describe('in groups', () => {
    it('is in several, leaves them when it is no longer followed, and each change is noted', async () => {
      const [one, two] = await newOrganisations();
      await as(one, (work) => followAccounts(work, network, [{ account: A1 }, { account: A2 }], 'ADDED'));
      const shops = await as(one, (work) => createGroup(work, ' shops '));
      await expect(as(one, (work) => createGroup(work, 'shops'))).rejects.toMatchObject({ code: 'CONFLICT' });
      await as(two, (work) => createGroup(work, 'shops'));
      const tills = await as(one, (work) => createGroup(work, 'tills'));
      for (const { groupId } of [shops, tills])
        await as(one, (work) => addToGroup(work, network, groupId, [A1, A2]));
      expect(await as(one, (work) => addToGroup(work, network, shops.groupId, [A2]))).toMatchObject({
        accounts: 2,
      });
      await expect(as(one, (work) => addToGroup(work, network, shops.groupId, [A3]))).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await as(one, (work) => removeFromGroup(work, network, tills.groupId, [A1, A3]))).toMatchObject({
        accounts: 1,
      });
      await as(one, (work) => unfollowAccounts(work, network, [A2]));
      const list = (who: TestOrganisation) =>
        database.api.read(who.scope, groupListStatement(database.api.build));
      expect((await list(one)).map(({ name, accounts }) => [name, accounts])).toEqual([
        ['shops', 1],
        ['tills', 0],
      ]);
      expect((await list(two)).map(({ name, accounts }) => [name, accounts])).toEqual([['shops', 0]]);
      expect(await as(one, (work) => deleteGroup(work, shops.groupId))).toBe(true);
      expect(await as(one, (work) => deleteGroup(work, shops.groupId))).toBe(false);
      expect((await auditOf(one)).map(([action]) => action).slice(2)).toEqual([
        'GROUP_CREATED',
        'GROUP_CREATED',
        'GROUP_ACCOUNTS_ADDED',
        'GROUP_ACCOUNTS_ADDED',
        'GROUP_ACCOUNTS_REMOVED',
        'ACCOUNT_UNFOLLOWED',
        'GROUP_DELETED',
      ]);
      expect((await auditOf(one)).at(-1)).toEqual([
        'GROUP_DELETED',
        shops.groupId,
        { name: 'shops', accounts: [`${network}/0xa1`] },
        null,
      ]);
    });

    it('shows a limited scope the groups of the accounts that it sees', async () => {
      const [one] = await newOrganisations();
      await as(one, (work) =>
        followAccounts(work, network, [{ account: A1, label: 'till' }, { account: A2 }], 'ADDED'),
      );
      for (const [name, accounts] of [
        ['seen', [A1, A2]],
        ['hidden', [A2]],
        ['empty', []],
      ] as const) {
        const { groupId } = await as(one, (work) => createGroup(work, name));
        await as(one, (work) => addToGroup(work, network, groupId, accounts));
      }
      const limited: RequestScope = { ...one.scope, only: { accounts: [], labels: ['till'] } };
      const seen = await database.api.read(limited, groupListStatement(database.api.build));
      expect(seen.map(({ name, accounts }) => [name, accounts])).toEqual([['seen', 1]]);
    });
  });

  describe('by rules', () => {
    beforeAll(async () => {
      await rows().account(network, toAddress(0xb1n), { classHash: CLASS });
      await rows().account(other, toAddress(0xb1n), { classHash: CLASS });
    });

    it('is what is there already and what comes, of its class and network, for whom the rule is', async () => {
      const [one, two] = await newOrganisations();
      const wish = {
        kind: 'CLASS',
        classHash: CLASS,
        networkId: network,
        label: 'found',
        team: null,
      } as const;
      const { rule, found } = await as(one, (work) => createFollowRule(work, wish));
      expect(found).toBe(1);
      await rows().account(network, toAddress(0xb2n), { classHash: CLASS });
      await rows().account(network, toAddress(0xb3n), { classHash: toClassHash(0xc2n) });
      await rows().account(other, toAddress(0xb4n), { classHash: CLASS });
      expect(await followsOf(one)).toEqual([
        ['main', '0xb1', 'found', null, 'RULE'],
        ['main', '0xb2', 'found', null, 'RULE'],
      ]);
      expect(await followsOf(two)).toEqual([]);
      await expect(as(one, (work) => createFollowRule(work, wish))).rejects.toMatchObject({
        code: 'CONFLICT',
      });
      expect(await as(two, (work) => deleteFollowRule(work, rule.ruleId))).toBe(false);
      expect(await as(one, (work) => deleteFollowRule(work, rule.ruleId))).toBe(true);
      await rows().account(network, toAddress(0xb5n), { classHash: CLASS });
      expect(await followsOf(one)).toHaveLength(2);
      expect((await auditOf(one)).map(([action]) => action)).toEqual([
        'FOLLOW_RULE_CREATED',
        'FOLLOW_RULE_DELETED',
      ]);
    });

    it('does not come back by a rule once it is no longer wanted, until it is wanted by name', async () => {
      const [one] = await newOrganisations();
      await as(one, (work) =>
        createFollowRule(work, { kind: 'CLASS', classHash: CLASS, networkId: network }),
      );
      const account = toAddress(0xb1n);
      await as(one, (work) => unfollowAccounts(work, network, [account]));
      const again = async () => {
        await database.db.deleteFrom('account_versions').where('account', '=', '0xb1').execute();
        const row = { network_id: network, account: '0xb1', valid_from_block: 5, valid_to_block: null };
        await database.db
          .insertInto('account_versions')
          .values({ ...row, class_hash: '0xc1', public_key: null, signature_mode: null })
          .execute();
        return (await followsOf(one)).filter(([, address]) => address === '0xb1');
      };
      expect(await again()).toEqual([]);
      await as(one, (work) => followAccounts(work, network, [{ account }], 'ADDED'));
      expect(await again()).toEqual([['main', '0xb1', null, null, 'ADDED']]);
    });

    it('is what a deployer deployed, and the indexer is asked for it', async () => {
      const [one, two] = await newOrganisations();
      const [deployer, stranger] = [toAddress(0xd1n), '0xd2'];
      const deployed = (account: string, by: string, networkId = network) =>
        database.indexer
          .insertInto('deployments')
          .values({ network_id: networkId, account, deployer: by, block_number: 1 })
          .execute();
      await deployed('0xe1', '0xd1');
      const { found } = await as(one, (work) =>
        createFollowRule(work, { kind: 'DEPLOYER', deployer, networkId: network, team: 'ops' }),
      );
      expect(found).toBe(1);
      await deployed('0xe2', '0xd1');
      await deployed('0xe3', stranger);
      await deployed('0xe4', '0xd1', other);
      expect(await followsOf(one)).toEqual([
        ['main', '0xe1', null, 'ops', 'RULE'],
        ['main', '0xe2', null, 'ops', 'RULE'],
      ]);
      expect(await followsOf(two)).toEqual([]);
      expect((await statusOf()).filter(([address]) => address?.startsWith('0xe'))).toEqual([
        ['0xe1', 'PENDING'],
        ['0xe2', 'PENDING'],
      ]);
    });
  });
});

describe('the role that answers', () => {
  const database = withDatabase();
  let network = 0;

  beforeAll(async () => {
    network = await indexRowsOf(database.db).network('main');
  });

  it('changes nothing in a scope that is limited', async () => {
    const organisation = await database.organisation('limited');
    const scope: RequestScope = { organisationId: organisation.id, only: { accounts: [], labels: ['till'] } };
    await expect(
      database.api.transact(scope, (trx) =>
        followAccounts(
          { trx, organisationId: organisation.id, actor: ACTOR },
          network,
          [{ account: A1 }],
          'ADDED',
        ),
      ),
    ).rejects.toThrow('row-level security');
  });

  it('is kept from what another organisation follows by the database itself', async () => {
    const [one, two] = [await database.organisation('one'), await database.organisation('two')];
    const as = <T>(who: TestOrganisation, work: (work: OrganisationWork) => Promise<T>): Promise<T> =>
      database.api.transact(who.scope, (trx) => work({ trx, organisationId: who.id, actor: ACTOR }));
    await as(two, (work) => followAccounts(work, network, [{ account: A1, label: 'of two' }], 'ADDED'));
    const group = await as(two, (work) => createGroup(work, 'shops'));
    // A caller who says the other's number in a scope of his own.
    const spoofed = <T>(work: (work: OrganisationWork) => Promise<T>): Promise<T> =>
      database.api.transact(one.scope, (trx) => work({ trx, organisationId: two.id, actor: ACTOR }));
    expect(await spoofed((work) => unfollowAccounts(work, network, []))).toBe(0);
    await expect(spoofed((work) => unfollowAccounts(work, network, [A1]))).resolves.toBe(0);
    await expect(
      spoofed((work) => labelAccounts(work, network, [{ account: A1, label: 'mine' }])),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(spoofed((work) => addToGroup(work, network, group.groupId, []))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await spoofed((work) => deleteGroup(work, group.groupId))).toBe(false);
    const left = await database.db
      .selectFrom('follows')
      .select(['label'])
      .where('organisation_id', '=', two.id)
      .execute();
    expect(left).toEqual([{ label: 'of two' }]);
  });
});
