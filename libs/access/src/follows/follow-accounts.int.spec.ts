import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestScope } from '#libs/database';
import { toAddress } from '#libs/felt';
import { indexRowsOf, type TestOrganisation, withDatabase } from '#libs/testing';
import { WRITERS, withFollows } from '#libs/testing';
import { addToGroup, createGroup, deleteGroup } from '../groups/groups.ts';
import type { OrganisationWork } from '../organisations/organisation-work.ts';
import { followAccounts, labelAccounts, unfollowAccounts } from './follow-accounts.ts';

const A1 = toAddress(0xa1n);
const A2 = toAddress(0xa2n);
const A3 = toAddress(0xa3n);
const ACTOR = { kind: 'KEY', id: 'k', name: 'spec' } as const;

describe.each(WRITERS)('what an organisation follows, changed by %s', (_who, role) => {
  const world = withFollows(role);

  it('is followed once, asked of the indexer, and noted with who did it, before and after', async () => {
    const [organisation] = await world.newOrganisations();
    const wishes = [{ account: A1, label: ' till ', team: 'ops' }, { account: A2 }];
    const outcomes = [];
    for (let time = 0; time < 2; time += 1)
      outcomes.push(
        await world.as(organisation, (work) => followAccounts(work, world.network, wishes, 'ADDED')),
      );
    outcomes.push(
      await world.as(organisation, (work) =>
        followAccounts(
          work,
          world.network,
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
    expect(await world.followsOf(organisation)).toEqual([
      ['main', '0xa1', 'shop', 'ops', 'ADDED'],
      ['main', '0xa2', null, null, 'ADDED'],
    ]);
    expect(await world.statusOf()).toEqual([
      ['0xa1', 'PENDING'],
      ['0xa2', 'PENDING'],
    ]);
    const till = { label: 'till', team: 'ops', costCentre: null, source: 'ADDED' };
    expect(await world.auditOf(organisation)).toEqual([
      ['ACCOUNT_FOLLOWED', `${world.network}/0xa1`, null, till],
      ['ACCOUNT_FOLLOWED', `${world.network}/0xa2`, null, { ...till, label: null, team: null }],
      ['ACCOUNT_LABELLED', `${world.network}/0xa1`, till, { ...till, label: 'shop' }],
    ]);
  });

  it('belongs to the organisation: another one labels and leaves the same account by itself', async () => {
    const [one, two] = await world.newOrganisations();
    for (const [who, label] of [
      [one, 'of one'],
      [two, 'of two'],
    ] as const)
      await world.as(who, (work) => followAccounts(work, world.network, [{ account: A1, label }], 'ADDED'));
    await world.as(one, (work) =>
      followAccounts(work, world.other, [{ account: A1, label: 'elsewhere' }], 'ADDED'),
    );
    expect(
      await world.as(one, (work) => labelAccounts(work, world.network, [{ account: A1, label: null }])),
    ).toBe(1);
    expect(await world.followsOf(two)).toEqual([['main', '0xa1', 'of two', null, 'ADDED']]);
    expect(await world.as(one, (work) => unfollowAccounts(work, world.network, [A1, A3]))).toBe(1);
    expect(await world.as(one, (work) => unfollowAccounts(work, world.network, [A1]))).toBe(0);
    expect(await world.followsOf(one)).toEqual([['other', '0xa1', 'elsewhere', null, 'ADDED']]);
    expect(await world.followsOf(two)).toEqual([['main', '0xa1', 'of two', null, 'ADDED']]);
    expect((await world.auditOf(one)).map(([action]) => action)).toEqual([
      'ACCOUNT_FOLLOWED',
      'ACCOUNT_FOLLOWED',
      'ACCOUNT_LABELLED',
      'ACCOUNT_UNFOLLOWED',
    ]);
    expect((await world.auditOf(two)).map(([action]) => action)).toEqual(['ACCOUNT_FOLLOWED']);
    // The index goes on with what somebody or nobody follows.
    expect(await world.statusOf()).toContainEqual(['0xa1', 'PENDING']);
  });

  it('changes as a whole or not at all, the audit log with it', async () => {
    const [organisation] = await world.newOrganisations();
    const [bad, twice] = [
      [{ account: A1 }, { account: A2, label: 'x'.repeat(201) }],
      [{ account: A1 }, { account: A1 }],
    ];
    for (const wishes of [bad, twice])
      await expect(
        world.as(organisation, (work) => followAccounts(work, world.network, wishes, 'ADDED')),
      ).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await world.as(organisation, (work) => followAccounts(work, world.network, [{ account: A1 }], 'ADDED'));
    await expect(
      world.as(organisation, (work) =>
        labelAccounts(work, world.network, [
          { account: A1, label: 'x' },
          { account: A3, label: 'y' },
        ]),
      ),
    ).rejects.toMatchObject({ code: 'NOT_FOUND', details: { accounts: ['0xa3'] } });
    expect(await world.followsOf(organisation)).toEqual([['main', '0xa1', null, null, 'ADDED']]);
    expect(await world.auditOf(organisation)).toHaveLength(1);
    const many = Array.from({ length: 501 }, (_, index) => ({ account: toAddress(BigInt(index + 1)) }));
    await expect(
      world.as(organisation, (work) => followAccounts(work, world.network, many, 'ADDED')),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
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
