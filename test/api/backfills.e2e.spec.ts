import { beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction } from '#libs/database';
import { finishBackfill, listBackfills, noteBackfill, postponeBackfill, requestBackfills } from '#libs/facts';
import { feltToHex, toAddress, toSessionKey } from '#libs/felt';
import { testClassAbi, testClassHash, withDatabase } from '#libs/testing';
import { at, HEAD, withServer } from './with-server.ts';

const ACCOUNT = toAddress(0xa1n);
const OTHER = toAddress(0xa2n);
const KEY = toSessionKey(0x51n);
const CLASS = 'session_account_setting';

const BACKFILLS = `query ($account: Address, $onlyOpen: Boolean) {
  backfills(account: $account, onlyOpen: $onlyOpen) {
    account state reasonCode fromBlock coveredTo callsMade blocksRead finishedAt
    progress { done total ratePerSecond secondsLeft }
  }
}`;
const HISTORY = `{ session(account: "0xa1", sessionKey: "0x51") {
  history { completeFrom complete progress { done total ratePerSecond secondsLeft } }
} }`;

describe('back-fills over GraphQL', () => {
  const database = withDatabase();
  const served = withServer(database);

  beforeAll(async () => {
    const { networkId, rows } = served;
    await rows.head(networkId, HEAD);
    for (const account of [ACCOUNT, OTHER]) {
      await rows.account(networkId, account, {
        ...{ stateFrom: 90, eventsFrom: 0 },
        ...{ classHash: testClassHash(CLASS), abi: testClassAbi(CLASS) },
      });
    }
    await rows.session(networkId, ACCOUNT, KEY);
    await inTransaction(database.db, (trx) =>
      requestBackfills(
        trx,
        networkId,
        [ACCOUNT, OTHER].map((account) => ({ account, fromBlock: 0, everyBlock: false })),
      ),
    );
  });

  const jobOf = async (account: bigint): Promise<number> => {
    const jobs = await listBackfills(database.db, served.networkId, { limit: 10 });
    return jobs.find((job) => job.account === account)!.jobId;
  };

  it('says nothing of how long it takes before that is known', async () => {
    const { data } = await served.ask(BACKFILLS, { account: feltToHex(ACCOUNT) });
    expect(data['backfills']).toMatchObject([{ account: '0xa1', state: 'QUEUED', progress: null }]);
    expect(at((await served.ask(HISTORY)).data, 'session', 'history')).toEqual({
      completeFrom: 90,
      complete: false,
      progress: null,
    });
  });

  it('shows what is done and how long the rest takes, with the job and with the answers of the account', async () => {
    const jobId = await jobOf(ACCOUNT);
    const progress = { callsMade: 60, callsLeft: 240, callsPerSecond: 12, blocksRead: 20, coveredTo: 44 };
    await inTransaction(database.db, (trx) => noteBackfill(trx, jobId, progress));
    const { data } = await served.ask(BACKFILLS, { account: feltToHex(ACCOUNT) });
    const shown = { done: 60, total: 300, ratePerSecond: 12, secondsLeft: 20 };
    expect(data['backfills']).toMatchObject([
      { state: 'RUNNING', coveredTo: 44, callsMade: 60, blocksRead: 20, finishedAt: null, progress: shown },
    ]);
    expect(at((await served.ask(HISTORY)).data, 'session', 'history', 'progress')).toEqual(shown);
  });

  it('keeps the reason of one that waits, and of one that ended without a history', async () => {
    const jobId = await jobOf(OTHER);
    await inTransaction(database.db, (trx) => postponeBackfill(trx, jobId, 'RPC_TIMEOUT'));
    const waiting = await served.ask(BACKFILLS, { account: feltToHex(OTHER), onlyOpen: true });
    expect(waiting.data['backfills']).toMatchObject([{ state: 'QUEUED', reasonCode: 'RPC_TIMEOUT' }]);
    await inTransaction(database.db, (trx) =>
      finishBackfill(trx, jobId, 'INCOMPLETE', 'BACKFILL_STATE_DIFFERS'),
    );
    const open = await served.ask(BACKFILLS, { account: feltToHex(OTHER), onlyOpen: true });
    expect(open.data['backfills']).toEqual([]);
    const all = await served.ask(BACKFILLS, { account: feltToHex(OTHER) });
    expect(all.data['backfills']).toMatchObject([
      { state: 'INCOMPLETE', reasonCode: 'BACKFILL_STATE_DIFFERS' },
    ]);
  });

  it('refuses more rows than a page may have', async () => {
    expect((await served.ask('{ backfills(first: 101) { jobId } }')).codes).toEqual(['BAD_INPUT']);
  });
});
