import { beforeAll, describe, expect, it } from '@jest/globals';
import { toAddress, toClassHash } from '#libs/felt';
import { WRITERS, withFollows } from '#libs/testing';
import { followAccounts, unfollowAccounts } from './follow-accounts.ts';
import { createFollowRule, deleteFollowRule } from './follow-rules.ts';

const CLASS = toClassHash(0xc1n);

describe.each(WRITERS)('what a rule finds, made by %s', (_who, role) => {
  const world = withFollows(role);

  beforeAll(async () => {
    await world.rows().account(world.network, toAddress(0xb1n), { classHash: CLASS });
    await world.rows().account(world.other, toAddress(0xb1n), { classHash: CLASS });
  });

  it('is what is there already and what comes, of its class and world.network, for whom the rule is', async () => {
    const [one, two] = await world.newOrganisations();
    const wish = {
      kind: 'CLASS',
      classHash: CLASS,
      networkId: world.network,
      label: 'found',
      team: null,
    } as const;
    const { rule, found } = await world.as(one, (work) => createFollowRule(work, wish));
    expect(found).toBe(1);
    await world.rows().account(world.network, toAddress(0xb2n), { classHash: CLASS });
    await world.rows().account(world.network, toAddress(0xb3n), { classHash: toClassHash(0xc2n) });
    await world.rows().account(world.other, toAddress(0xb4n), { classHash: CLASS });
    expect(await world.followsOf(one)).toEqual([
      ['main', '0xb1', 'found', null, 'RULE'],
      ['main', '0xb2', 'found', null, 'RULE'],
    ]);
    expect(await world.followsOf(two)).toEqual([]);
    await expect(world.as(one, (work) => createFollowRule(work, wish))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await world.as(two, (work) => deleteFollowRule(work, rule.ruleId))).toBe(false);
    expect(await world.as(one, (work) => deleteFollowRule(work, rule.ruleId))).toBe(true);
    await world.rows().account(world.network, toAddress(0xb5n), { classHash: CLASS });
    expect(await world.followsOf(one)).toHaveLength(2);
    expect((await world.auditOf(one)).map(([action]) => action)).toEqual([
      'FOLLOW_RULE_CREATED',
      'FOLLOW_RULE_DELETED',
    ]);
  });

  it('does not come back by a rule once it is no longer wanted, until it is wanted by name', async () => {
    const [one] = await world.newOrganisations();
    await world.as(one, (work) =>
      createFollowRule(work, { kind: 'CLASS', classHash: CLASS, networkId: world.network }),
    );
    const account = toAddress(0xb1n);
    await world.as(one, (work) => unfollowAccounts(work, world.network, [account]));
    const again = async () => {
      await world.database.db.deleteFrom('account_versions').where('account', '=', '0xb1').execute();
      const row = { network_id: world.network, account: '0xb1', valid_from_block: 5, valid_to_block: null };
      await world.database.db
        .insertInto('account_versions')
        .values({ ...row, class_hash: '0xc1', public_key: null, signature_mode: null })
        .execute();
      return (await world.followsOf(one)).filter(([, address]) => address === '0xb1');
    };
    expect(await again()).toEqual([]);
    await world.as(one, (work) => followAccounts(work, world.network, [{ account }], 'ADDED'));
    expect(await again()).toEqual([['main', '0xb1', null, null, 'ADDED']]);
  });

  it('is what a deployer deployed, and the indexer is asked for it', async () => {
    const [one, two] = await world.newOrganisations();
    const [deployer, stranger] = [toAddress(0xd1n), '0xd2'];
    const deployed = (account: string, by: string, networkId = world.network) =>
      world.database.indexer
        .insertInto('deployments')
        .values({ network_id: networkId, account, deployer: by, block_number: 1 })
        .execute();
    await deployed('0xe1', '0xd1');
    const { found } = await world.as(one, (work) =>
      createFollowRule(work, { kind: 'DEPLOYER', deployer, networkId: world.network, team: 'ops' }),
    );
    expect(found).toBe(1);
    await deployed('0xe2', '0xd1');
    await deployed('0xe3', stranger);
    await deployed('0xe4', '0xd1', world.other);
    expect(await world.followsOf(one)).toEqual([
      ['main', '0xe1', null, 'ops', 'RULE'],
      ['main', '0xe2', null, 'ops', 'RULE'],
    ]);
    expect(await world.followsOf(two)).toEqual([]);
    expect((await world.statusOf()).filter(([address]) => address?.startsWith('0xe'))).toEqual([
      ['0xe1', 'PENDING'],
      ['0xe2', 'PENDING'],
    ]);
  });
});
