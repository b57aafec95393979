import { describe, expect, it } from '@jest/globals';
import type { RequestScope } from '#libs/database';
import { toAddress } from '#libs/felt';
import type { TestOrganisation } from '#libs/testing';
import { WRITERS, withFollows } from '#libs/testing';
import { followAccounts, unfollowAccounts } from '../follows/follow-accounts.ts';
import { addToGroup, createGroup, deleteGroup, groupListStatement, removeFromGroup } from './groups.ts';

const A1 = toAddress(0xa1n);
const A2 = toAddress(0xa2n);
const A3 = toAddress(0xa3n);

describe.each(WRITERS)('an account in groups, changed by %s', (_who, role) => {
  const world = withFollows(role);

  it('is in several, leaves them when it is no longer followed, and each change is noted', async () => {
    const [one, two] = await world.newOrganisations();
    await world.as(one, (work) =>
      followAccounts(work, world.network, [{ account: A1 }, { account: A2 }], 'ADDED'),
    );
    const shops = await world.as(one, (work) => createGroup(work, ' shops '));
    await expect(world.as(one, (work) => createGroup(work, 'shops'))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await world.as(two, (work) => createGroup(work, 'shops'));
    const tills = await world.as(one, (work) => createGroup(work, 'tills'));
    for (const { groupId } of [shops, tills])
      await world.as(one, (work) => addToGroup(work, world.network, groupId, [A1, A2]));
    expect(await world.as(one, (work) => addToGroup(work, world.network, shops.groupId, [A2]))).toMatchObject(
      {
        accounts: 2,
      },
    );
    await expect(
      world.as(one, (work) => addToGroup(work, world.network, shops.groupId, [A3])),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(
      await world.as(one, (work) => removeFromGroup(work, world.network, tills.groupId, [A1, A3])),
    ).toMatchObject({
      accounts: 1,
    });
    await world.as(one, (work) => unfollowAccounts(work, world.network, [A2]));
    const list = (who: TestOrganisation) =>
      world.database.api.read(who.scope, groupListStatement(world.database.api.build));
    expect((await list(one)).map(({ name, accounts }) => [name, accounts])).toEqual([
      ['shops', 1],
      ['tills', 0],
    ]);
    expect((await list(two)).map(({ name, accounts }) => [name, accounts])).toEqual([['shops', 0]]);
    expect(await world.as(one, (work) => deleteGroup(work, shops.groupId))).toBe(true);
    expect(await world.as(one, (work) => deleteGroup(work, shops.groupId))).toBe(false);
    expect((await world.auditOf(one)).map(([action]) => action).slice(2)).toEqual([
      'GROUP_CREATED',
      'GROUP_CREATED',
      'GROUP_ACCOUNTS_ADDED',
      'GROUP_ACCOUNTS_ADDED',
      'GROUP_ACCOUNTS_REMOVED',
      'ACCOUNT_UNFOLLOWED',
      'GROUP_DELETED',
    ]);
    expect((await world.auditOf(one)).at(-1)).toEqual([
      'GROUP_DELETED',
      shops.groupId,
      { name: 'shops', accounts: [`${world.network}/0xa1`] },
      null,
    ]);
  });

  it('shows a limited scope the groups of the accounts that it sees', async () => {
    const [one] = await world.newOrganisations();
    await world.as(one, (work) =>
      followAccounts(work, world.network, [{ account: A1, label: 'till' }, { account: A2 }], 'ADDED'),
    );
    for (const [name, accounts] of [
      ['seen', [A1, A2]],
      ['hidden', [A2]],
      ['empty', []],
    ] as const) {
      const { groupId } = await world.as(one, (work) => createGroup(work, name));
      await world.as(one, (work) => addToGroup(work, world.network, groupId, accounts));
    }
    const limited: RequestScope = { ...one.scope, only: { accounts: [], labels: ['till'] } };
    const seen = await world.database.api.read(limited, groupListStatement(world.database.api.build));
    expect(seen.map(({ name, accounts }) => [name, accounts])).toEqual([['seen', 1]]);
  });
});
