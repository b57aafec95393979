import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listNetworks, type StoredNetwork } from '#libs/facts';
import { feltToHex } from '#libs/felt';
import { createSessionWorld, withDatabase } from '#libs/testing';
import { rebuild } from '../rebuild.ts';
import { compareDigests } from './compare-digests.ts';
import { computeDigests, type DigestOptions } from './compute-digests.ts';
import { parseDigestExport } from './digest-export.ts';

describe('digests of two operators', () => {
  const first = withDatabase();
  const late = withDatabase();
  const world = createSessionWorld();
  const account = feltToHex(world.account.address);

  beforeAll(async () => {
    world.grant(0x701n);
    const early = await world.follow(first.indexer);
    await early.stop();
    const watch = [world.account.address];
    const adopted = await world.follow(late.indexer, { startBlock: 'latest', discovery: false, watch });
    while (adopted.indexer.status()?.indexed === undefined || !(await isFollowed())) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const amount of [1n, 60n, 2n]) world.spend(0x701n, amount);
    world.grant(0x702n);
    await adopted.caughtUp();
    await adopted.stop();
    world.reorg(1);
    world.spend(0x701n, 3n);
    await (await world.follow(late.indexer, { startBlock: 'latest', discovery: false, watch })).caughtUp();
    await (await world.follow(first.indexer)).caughtUp();
  }, 90_000);
  afterAll(() => world.close());

  const isFollowed = async () =>
    (await late.sql`select 1 from accounts where status = 'FOLLOWED'`).length > 0;
  const networkOf = async ({ db }: typeof first): Promise<StoredNetwork> => (await listNetworks(db))[0]!;
  const digests = async (of: typeof first, options: DigestOptions = {}) =>
    computeDigests(of.db, await networkOf(of), options);
  const exported = async (of: typeof first, options: DigestOptions = {}) => {
    const { chainId, genesisHash } = await networkOf(of);
    const identity = { chainId: feltToHex(chainId), genesisHash: feltToHex(genesisHash) };
    return parseDigestExport(
      JSON.stringify({ format: 'purser-digest-1', ...identity, ...(await digests(of, options)) }),
    );
  };

  it('are equal over the range that both know, though one adopted the account and saw the reorg', async () => {
    const theirs = await exported(late, { account });
    expect(theirs.accounts[0]?.fromBlock).toBeGreaterThan(0);
    expect(theirs.accounts[0]?.points.length).toBeGreaterThan(3);
    const compared = await compareDigests(first.db, await networkOf(first), theirs);
    expect(compared.differences.filter(({ problem }) => problem !== 'ONLY_OURS')).toEqual([]);
  });

  it('say who began too late to compare', async () => {
    const { differences } = await compareDigests(late.db, await networkOf(late), await exported(first));
    expect(differences).toContainEqual(expect.objectContaining({ account, problem: 'RANGE_TOO_SHORT' }));
  });

  it('name the first block whose facts differ', async () => {
    const theirs = await exported(late, { account });
    const wrong = theirs.accounts[0]!.points[2]!.blockNumber;
    await first.tamper(`create table kept as select * from facts where account = '${account}' and block_number = ${wrong};
      update facts set payload = payload || '{"planted": true}' where account = '${account}' and block_number = ${wrong}`);
    const { differences } = await compareDigests(first.db, await networkOf(first), theirs);
    await first.tamper("update facts set payload = payload - 'planted'");
    expect(differences).toContainEqual({ account, problem: 'DIFFERS', blockNumber: wrong });
  });

  it('are the same after a rebuild, at any block, and of an account alone', async () => {
    const before = await digests(first);
    await first.tamper('update session_versions set calls_used = 9');
    await rebuild(first.db, (await networkOf(first)).networkId);
    expect(await digests(first)).toEqual(before);
    const alone = await digests(first, { account });
    expect(alone.accounts).toEqual(before.accounts.filter((other) => other.account === account));
    const [point] = alone.accounts[0]!.points;
    const then = await digests(first, { account, atBlock: point!.blockNumber });
    expect(then.accounts[0]?.digest).toBe(point!.digest);
  });

  it('are refused where nothing can be said', async () => {
    await expect(digests(first, { account: '0x1' })).rejects.toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
    await expect(digests(first, { atBlock: 1_000_000 })).rejects.toMatchObject({ code: 'BLOCK_UNKNOWN' });
    await expect(digests(first, { mostFacts: 1 })).rejects.toMatchObject({ code: 'DIGEST_TOO_LARGE' });
  });
});
