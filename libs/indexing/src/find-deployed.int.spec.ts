import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  createFollowRule,
  type OrganisationWork,
  type RuleWish,
  unfollowAccounts,
  workForOrganisation,
} from '#libs/access';
import { publicKeyOf } from '#libs/account';
import { createHttpChainSource } from '#libs/chain';
import { type Address, feltToHex } from '#libs/felt';
import {
  createSandboxChain,
  deployThrough,
  followSandbox,
  type RunningIndexer,
  testClassHash,
  withDatabase,
} from '#libs/testing';
import { findDeployed } from './find-deployed.ts';

jest.setTimeout(60_000);

const CLASS = testClassHash('session_account_setting');
const OTHER_CLASS = testClassHash('session_account_spend');
const HOST = { kind: 'HOST', id: 'spec', name: 'spec' } as const;

describe('rules on a chain', () => {
  const database = withDatabase();
  const chain = createSandboxChain();
  let indexing: RunningIndexer | undefined;

  const of = <T>(organisationId: number, work: (work: OrganisationWork) => Promise<T>) =>
    workForOrganisation(database.db, organisationId, HOST, work);
  const followsOf = async (organisationId: number) => {
    const rows = await database.db
      .selectFrom('follows as f')
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.network_id', '=', 'f.network_id').onRef('a.address', '=', 'f.account'),
      )
      .select(['f.account', 'f.label', 'a.status'])
      .where('organisation_id', '=', organisationId)
      .execute();
    return rows.map(({ account, label, status }) => [account, label, status]).sort();
  };
  const until = async (check: () => Promise<boolean>) => {
    for (let tries = 0; tries < 500; tries += 1) {
      if (await check()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('it did not come to pass in ten seconds');
  };

  beforeAll(async () => {
    await database.db.deleteFrom('follow_rules').execute();
    indexing = await followSandbox(database.indexer, chain, { discovery: false });
    await indexing.caughtUp();
  });

  afterAll(async () => {
    await indexing?.stop();
    await chain.sandbox.close();
  });

  const rule = (
    wish: Pick<RuleWish & { kind: 'CLASS' }, 'kind' | 'classHash'> | { kind: 'DEPLOYER'; deployer: Address },
  ) => ({ ...wish, networkId: undefined, label: 'found' }) as RuleWish;

  it('by deployer find what was deployed before and after, ask the indexer for it, and nobody else follows it', async () => {
    const [one, two] = [await database.organisation('one'), await database.organisation('two')];
    const [company, stranger] = [
      chain.deployAccount('session_account_spend', 0x777n),
      chain.deployAccount('session_account_spend', 0x888n),
    ];
    const node = await chain.sandbox.listen({ port: 0 });
    const source = createHttpChainSource({ providers: [{ url: node.url }] });
    const networkId = indexing?.indexer.status()?.networkId ?? 0;
    const look = () => findDeployed(database.indexer, { networkId, source });
    const deploy = (by: typeof company, salt: bigint) => deployThrough(by, CLASS, [publicKeyOf(0x5n)], salt);
    const first = deploy(company, 1n);
    deploy(stranger, 2n);
    expect(await look()).toBe(0);
    await of(one.id, (work) => createFollowRule(work, rule({ kind: 'DEPLOYER', deployer: company.address })));
    expect(await look()).toBe(1);
    const second = deploy(company, 3n);
    expect(await look()).toBe(1);
    expect(await look()).toBe(0);
    const found = [first, second].map((address) => [feltToHex(address), 'found', 'FOLLOWED']).sort();
    await until(async () => JSON.stringify(await followsOf(one.id)) === JSON.stringify(found));
    expect(await followsOf(two.id)).toEqual([]);
    await of(one.id, (work) => unfollowAccounts(work, networkId, [second]));
    await database.db.deleteFrom('deployments').execute();
    expect(await look()).toBe(2);
    expect((await followsOf(one.id)).map(([account]) => account)).toEqual([feltToHex(first)]);
    // The last one is left by a reorg; what comes in its place is found, since its blocks were not final.
    const { block_number } = chain.request('starknet_blockHashAndNumber') as { block_number: number };
    chain.sandbox.abortFrom(block_number);
    const third = deploy(company, 4n);
    expect(await look()).toBe(1);
    chain.sandbox.acceptOnL1(block_number);
    expect(await look()).toBe(0);
    const [search] = await database.db.selectFrom('deployer_searches').selectAll().execute();
    expect(search).toMatchObject({ deployer: feltToHex(company.address), searched_to: block_number });
    expect((await followsOf(one.id)).map(([account]) => account)).toEqual(
      [first, third].map(feltToHex).sort(),
    );
    await source.close();
    await node.close();
  });

  it('by class find what the deployment knows and what it comes to know', async () => {
    const [one, two] = [await database.organisation('three'), await database.organisation('four')];
    await of(one.id, (work) => createFollowRule(work, rule({ kind: 'CLASS', classHash: OTHER_CLASS })));
    const account = chain.deployAccount('session_account_spend', 0x999n);
    const networkId = indexing?.indexer.status()?.networkId ?? 0;
    await database.db
      .insertInto('accounts')
      .values({
        network_id: networkId,
        address: feltToHex(account.address),
        source: 'WATCH',
        status: 'PENDING',
      })
      .execute();
    await until(async () => (await followsOf(one.id)).length > 0);
    expect(await followsOf(one.id)).toEqual([[feltToHex(account.address), 'found', 'FOLLOWED']]);
    expect(await followsOf(two.id)).toEqual([]);
  });
});
