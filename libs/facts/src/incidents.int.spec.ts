import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Address, toAddress, toFelt } from '#libs/felt';
import { withDatabase } from '#libs/testing';
import { listIncidents, openIncident, resolveIncident } from './incidents.repository.ts';
import { ensureNetwork } from './networks.repository.ts';

const ACCOUNT = toAddress(0xacc0n);

describe('incidents', () => {
  const database = withDatabase();
  let networkId: number;

  beforeAll(async () => {
    const identity = { chainId: toFelt(1), genesisHash: toFelt(1), label: 'spec' };
    networkId = (await database.commit((trx) => ensureNetwork(trx, identity))).networkId;
  });

  const open = (blockNumber: number, account?: Address) =>
    database.commit((trx) =>
      openIncident(trx, networkId, {
        kind: 'ATTRIBUTION_FAILED',
        block: { blockNumber, blockHash: toFelt(blockNumber) },
        details: { delta: '2' },
        ...(account !== undefined && { account }),
      }),
    );
  const openOnes = () => listIncidents(database.db, networkId, { onlyOpen: true, limit: 10 });

  it('found again while it is open is counted, and keeps the block that showed it first', async () => {
    await open(7, ACCOUNT);
    await open(9, ACCOUNT);
    expect(await openOnes()).toMatchObject([
      { kind: 'ATTRIBUTION_FAILED', account: ACCOUNT, occurrences: 2, block: { blockNumber: 7 } },
    ]);
  });

  it('of the whole network is another one than that of an account, and there is one of it too', async () => {
    await open(8);
    await open(8);
    expect(await openOnes()).toHaveLength(2);
  });

  it('closed with a reason stays, and what comes after is a new one', async () => {
    const close = () =>
      database.commit((trx) =>
        resolveIncident(trx, networkId, {
          kind: 'ATTRIBUTION_FAILED',
          account: ACCOUNT,
          resolution: 'traced',
        }),
      );
    expect([await close(), await close()]).toEqual([true, false]);
    await open(12, ACCOUNT);
    const all = await listIncidents(database.db, networkId, { onlyOpen: false, limit: 10 });
    expect(all.filter(({ account }) => account === ACCOUNT)).toMatchObject([
      { occurrences: 1, block: { blockNumber: 12 } },
      { resolved: { resolution: 'traced' } },
    ]);
  });
});
