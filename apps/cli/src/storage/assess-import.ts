import type { ProfileRegistry } from '#libs/account';
import { askStandings, type StandingCounts } from '#libs/access';
import type { AccountStatus, Db } from '#libs/database';
import type { StoredNetwork } from '#libs/facts';
import { type Address, feltToHex, parseAddress } from '#libs/felt';
import { leastCalls, planFromIndex } from '#libs/indexing';
import { type OnProgress, ProgressMeter } from '#libs/verification';
import { sql } from 'kysely';

/** What an import would find, before it is done. */
export interface Assessment {
  /** Followed by the organisation already. */
  readonly followed: number;
  /** In the index, by how they stand there; NEW ones nobody has asked for yet. */
  readonly index: Readonly<Record<AccountStatus | 'NEW', number>>;
  /** What the node says of those that the index has not read; null: it was not asked. */
  readonly node: StandingCounts | null;
  readonly backfill: BackfillEstimate;
}

/** Calls to nodes for the whole histories. */
interface BackfillEstimate {
  /** Of accounts in the index, by the planner: at most so many. */
  readonly planned: {
    readonly accounts: number;
    /** Planned for so many of them, evenly spread, and taken for all. */
    readonly sampled: number;
    /** Where the node tells the block of the last update. */
    readonly mostCalls: number;
    readonly mostCallsWithoutUpdateBlock: number;
  };
  /** Of the others: at least so many. What their keys did shows when they are read. */
  readonly unplanned: { readonly accounts: number; readonly leastCalls: number };
  /** At the calls a second that back-fills may make: of what is planned and the least of the rest. */
  readonly seconds: number;
}

export interface AssessOptions {
  /** Opened where the index does not know all of the accounts. Undefined: nobody is to be asked. */
  readonly openSource: (() => Parameters<typeof askStandings>[0]) | undefined;
  readonly profiles: ProfileRegistry;
  readonly backfillCallsPerSecond: number;
  readonly tell: OnProgress;
  readonly signal: AbortSignal;
}

/** So many accounts are planned for: a plan reads all that an account did. */
const SAMPLE = 200;

/** As the owner of the database. @throws ChainError of the node */
export const assessImport = async (
  db: Db,
  network: StoredNetwork,
  organisationId: number,
  accounts: readonly Address[],
  options: AssessOptions,
): Promise<Assessment> => {
  const { networkId } = network;
  const standing = await standingIn(db, networkId, organisationId, accounts);
  const index = { FOLLOWED: 0, PENDING: 0, REJECTED: 0, NEW: 0 };
  for (const { status } of standing.values()) index[status] += 1;
  index.NEW = accounts.length - standing.size;
  const unread = accounts.filter((account) => standing.get(account)?.status !== 'FOLLOWED');
  return {
    followed: [...standing.values()].filter(({ isFollowed }) => isFollowed).length,
    index,
    node: await askNode(unread, options),
    backfill: await estimate(
      db,
      networkId,
      accounts.filter((account) => standing.get(account)?.status === 'FOLLOWED'),
      unread.length,
      options,
    ),
  };
};

const standingIn = async (
  db: Db,
  networkId: number,
  organisationId: number,
  accounts: readonly Address[],
) => {
  const rows = await db
    .selectFrom('accounts as a')
    .leftJoin('follows as f', (join) =>
      join
        .onRef('f.network_id', '=', 'a.network_id')
        .onRef('f.account', '=', 'a.address')
        .on('f.organisation_id', '=', organisationId),
    )
    .select(['a.address', 'a.status', sql<boolean>`f.account is not null`.as('isFollowed')])
    .where('a.network_id', '=', networkId)
    .where('a.address', '=', sql<string>`any(${accounts.map(feltToHex)}::text[])`)
    .execute();
  return new Map(rows.map(({ address, ...row }) => [parseAddress(address), row]));
};

const NO_STANDINGS: StandingCounts = { UNDEPLOYED: 0, WITHOUT_SESSIONS: 0, WITH_SESSIONS: 0, UNREADABLE: 0 };

const askNode = async (
  accounts: readonly Address[],
  { openSource, signal, tell }: AssessOptions,
): Promise<StandingCounts | null> => {
  if (openSource === undefined) return null;
  if (accounts.length === 0) return NO_STANDINGS;
  const meter = new ProgressMeter('asking the node', accounts.length, tell);
  let before = 0;
  return await askStandings(openSource(), accounts, {
    signal,
    onProgress: (done) => {
      meter.add(done - before);
      before = done;
    },
  });
};

const estimate = async (
  db: Db,
  networkId: number,
  followed: readonly Address[],
  unplanned: number,
  { profiles, backfillCallsPerSecond, tell }: AssessOptions,
): Promise<BackfillEstimate> => {
  const sample = spread(followed, SAMPLE);
  const meter = new ProgressMeter('planning back-fills', sample.length, tell);
  const sums = { withBlock: 0, without: 0 };
  for (const account of sample) {
    const question = { networkId, account, fromBlock: 0, everyBlock: false, profiles };
    sums.withBlock += callsOf(await planFromIndex(db, { ...question, updateBlock: true }));
    sums.without += callsOf(await planFromIndex(db, { ...question, updateBlock: false }));
    meter.add(1);
  }
  const forAll = (calls: number) =>
    sample.length === 0 ? 0 : Math.ceil((calls * followed.length) / sample.length);
  const least = unplanned * leastCalls(0, await headOf(db, networkId));
  return {
    planned: {
      ...{ accounts: followed.length, sampled: sample.length },
      ...{ mostCalls: forAll(sums.withBlock), mostCallsWithoutUpdateBlock: forAll(sums.without) },
    },
    unplanned: { accounts: unplanned, leastCalls: least },
    seconds: Math.ceil((forAll(sums.withBlock) + least) / backfillCallsPerSecond),
  };
};

const callsOf = (outcome: Awaited<ReturnType<typeof planFromIndex>>): number =>
  outcome.outcome === 'PLAN' ? outcome.plan.mostCalls + outcome.mostCallsBeside : 0;

/** So many of them at most, from the first to the last. */
const spread = <T>(items: readonly T[], most: number): T[] => {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(most, items.length) }, (_, at) => items[Math.floor(at * step)] as T);
};

const headOf = async (db: Db, networkId: number): Promise<number> => {
  const cursor = await db
    .selectFrom('cursors')
    .select('block_number')
    .where('network_id', '=', networkId)
    .executeTakeFirst();
  return cursor?.block_number ?? 0;
};
