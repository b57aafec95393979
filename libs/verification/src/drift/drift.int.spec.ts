import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChainError, type ChainSource, createHttpChainSource } from '#libs/chain';
import { listIncidents } from '#libs/facts';
import { createSessionWorld, withDatabase } from '#libs/testing';
import { checkDrift, type DriftReport } from './check-drift.ts';
import { watchDrift } from './watch-drift.ts';

const NETWORK = 1;

describe('drift', () => {
  const database = withDatabase();
  const world = createSessionWorld();
  let source: ChainSource & { close(): Promise<void> };
  let closeServer: () => Promise<void>;

  beforeAll(async () => {
    const running = await world.follow(database.indexer);
    for (const secret of [0x701n, 0x702n, 0x703n]) world.grant(secret);
    world.spend(0x701n, 5n);
    await running.caughtUp();
    const server = await world.chain.sandbox.listen({ port: 0 });
    closeServer = () => server.close();
    source = createHttpChainSource({ providers: [{ url: server.url }] });
  }, 60_000);
  afterAll(async () => {
    await source.close();
    await closeServer();
    await world.close();
  });

  const check = (more: Partial<Parameters<typeof checkDrift>[2]> = {}, at: ChainSource = source) =>
    checkDrift(database.db, { networkId: NETWORK, source: at }, { keys: 10, ...more });
  const codes = (report: DriftReport) => report.findings.map(({ code }) => code);

  it('is none where the index follows the chain', async () => {
    expect(await check()).toMatchObject({ checked: 8, unknown: 0, findings: [], next: undefined });
  });

  it.each([
    [
      'a session',
      'update session_versions set calls_used = calls_used + 1 where valid_to_block is null',
      'update session_versions set calls_used = calls_used - 1 where valid_to_block is null',
      'SESSION_DRIFT',
    ],
    [
      'a policy',
      'update policy_versions set spent_in_window = spent_in_window + 1 where valid_to_block is null',
      'update policy_versions set spent_in_window = spent_in_window - 1 where valid_to_block is null',
      'POLICY_DRIFT',
    ],
    [
      'a class',
      "update account_versions set class_hash = class_hash || '1'",
      'update account_versions set class_hash = left(class_hash, -1)',
      'CLASS_DRIFT',
    ],
    [
      'a block',
      'update blocks set timestamp_seconds = timestamp_seconds + 1',
      'update blocks set timestamp_seconds = timestamp_seconds - 1',
      'BLOCK_DRIFT',
    ],
  ])('is found in %s', async (_what, spoil, mend, code) => {
    await database.sql.unsafe(spoil);
    const report = await check();
    await database.sql.unsafe(mend);
    expect(new Set(codes(report))).toEqual(new Set([code]));
    expect(codes(await check())).toEqual([]);
  });

  it('is unknown, not there, while the node does not answer', async () => {
    const away = () => Promise.reject(new ChainError('RPC_UNAVAILABLE', 'away'));
    const silent = {
      ...source,
      call: away,
      classHashAt: away,
      header: away,
      storageAt: away,
    } as unknown as ChainSource;
    expect(await check({}, silent)).toMatchObject({ checked: 0, unknown: 8, findings: [] });
  });

  it('is looked for all round, a few keys at a time, and kept as an incident', async () => {
    await database.sql`update session_versions set calls_used = 9 where valid_to_block is null
      and session_key = (select max(session_key) from session_versions)`;
    const stop = new AbortController();
    const rounds: DriftReport[] = [];
    const signal = stop.signal;
    await watchDrift(
      database.db,
      { networkId: NETWORK, source },
      {
        intervalMs: 1,
        callsPerSecond: 1_000,
        keys: 1,
        signal,
        isWriter: () => true,
        onRound: (report) => {
          if (rounds.push(report) === 4) stop.abort();
        },
      },
    );
    expect(rounds.flatMap(codes)).toEqual(['SESSION_DRIFT']);
    expect(await listIncidents(database.db, NETWORK, { onlyOpen: true, limit: 9 })).toMatchObject([
      { kind: 'DRIFT', account: world.account.address, details: { count: 1 } },
    ]);
  });
});
