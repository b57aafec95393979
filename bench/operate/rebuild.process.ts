import { createDatabase } from '#libs/database';
import { parseFelt } from '#libs/felt';
import { computeDigests, rebuild } from '#libs/verification';
import { serverCpuSeconds } from '../ingest/bench-database.ts';
import { answerAll } from './messages.ts';

/** Folds all read models again, as `purser rebuild` does. One process each. */
export interface RebuildQuestion {
  readonly databaseUrl: string;
  readonly serverPid: number;
}

export interface RebuildAnswer {
  readonly seconds: number;
  readonly facts: number;
  /** Rows that came out otherwise than they stood. */
  readonly changed: number;
  readonly swapMs: number;
  readonly digest: string;
  readonly cpuSeconds: number;
  /** Of all processes of the server. */
  readonly serverSeconds: number;
  readonly peakRssBytes: number;
}

answerAll(async ({ databaseUrl, serverPid }: RebuildQuestion): Promise<RebuildAnswer> => {
  const connection = createDatabase({ url: databaseUrl, statementTimeoutMs: 0 });
  const [cpu, serverBefore] = [process.cpuUsage(), serverCpuSeconds(serverPid) ?? Number.NaN];
  const startedMs = performance.now();
  const { facts, changed, swapMs } = await rebuild(connection.db, 1);
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const serverSeconds = (serverCpuSeconds(serverPid) ?? Number.NaN) - serverBefore;
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  const network = await connection.db.selectFrom('networks').selectAll().executeTakeFirstOrThrow();
  const { digest } = await computeDigests(connection.db, {
    networkId: network.network_id,
    chainId: parseFelt(network.chain_id),
    genesisHash: parseFelt(network.genesis_hash),
  });
  await connection.close();
  return {
    seconds,
    facts,
    changed: Object.values(changed).reduce((sum, { removed, added }) => sum + removed + added, 0),
    swapMs,
    digest,
    cpuSeconds: (user + system) / 1e6,
    serverSeconds,
    peakRssBytes,
  };
});
