import {
  CountScalar,
  CurrentScope,
  INDEXER_STATUS,
  type IndexerStatus,
  indexerStateOf,
  type NetworkStatus,
  Progress,
  type ProgressStatus,
  type StatusBlock,
} from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import { decodeShortString } from '#libs/felt';
import { askIndex } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { BACKFILL_PORTS } from '../backfills/backfills.resolver.ts';
import type { CountDeadLetters } from '../metrics/purser-metrics.ts';
import { DEAD_LETTERS } from '../ports.ts';
import { accountCountsStatement, type AccountCounts } from './account-counts.statement.ts';
import { type Block, IndexerNetwork } from './indexer.models.ts';

@Resolver(() => IndexerNetwork)
export class IndexerResolver {
  constructor(
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
    @Inject(DEAD_LETTERS) private readonly countDeadLetters: CountDeadLetters,
    @Inject(BACKFILL_PORTS) private readonly ports: { readonly db: ScopedDb },
  ) {}

  @Query(() => [IndexerNetwork], {
    description:
      'The networks that this deployment follows: chain, head, how far the index is, and what is in its way.',
  })
  indexer(): IndexerNetwork[] {
    return this.status.networks().map(toModel);
  }

  @ResolveField(() => CountScalar, {
    nullable: true,
    description:
      'How much of the chain looked like ours and could not be read: `purser dead-letters list` says what. Null while the database does not answer.',
  })
  async deadLetters(
    @Parent() { networkId }: IndexerNetwork,
    @CurrentScope() scope: RequestScope,
  ): Promise<number | null> {
    const counts = await this.countDeadLetters(networkId, scope);
    return counts?.reduce((sum, { count }) => sum + count, 0) ?? null;
  }

  @ResolveField(() => Progress, {
    nullable: true,
    description:
      'Accounts that you follow whose current state is being read, and how long that takes at the rate of now; null while none waits. Counts are of accounts.',
  })
  async accounts(
    @Parent() { networkId, reading }: IndexerNetwork,
    @CurrentScope() scope: RequestScope,
  ): Promise<Progress | null> {
    // What waits in all is known in memory, and is nobody's business: where nothing does, nothing needs to be asked.
    if (reading === undefined) return null;
    const { db } = this.ports;
    const [counts] = await askIndex(() => db.read(scope, accountCountsStatement(db.build, networkId)));
    return counts === undefined ? null : progressOf(counts, reading);
  }
}

const toModel = (status: NetworkStatus): IndexerNetwork => ({
  networkId: status.networkId,
  chainId: status.chainId,
  chainName: decodeShortString(status.chainId) ?? null,
  network: status.label,
  sandbox: status.sandbox,
  state: indexerStateOf(status),
  head: toBlock(status.head),
  indexed: toBlock(status.indexed),
  finalizedBlock: status.finalizedBlock ?? null,
  lagBlocks: status.lagBlocks ?? null,
  lagSeconds: whole(status.lagSeconds),
  stalledSeconds: whole(status.stalledSeconds),
  progress: toProgress(status.progress),
  reading: status.accounts,
  stopped: status.stopped ?? null,
  lastError: withoutAddresses(status.lastError) ?? null,
});

const toBlock = (block: StatusBlock | undefined): Block | null =>
  block === undefined
    ? null
    : {
        blockNumber: block.blockNumber,
        blockHash: block.blockHash,
        timestamp: block.timestampSeconds,
        finality: block.finality ?? null,
      };

const toProgress = (progress: ProgressStatus | undefined): IndexerNetwork['progress'] =>
  progress === undefined
    ? null
    : {
        done: progress.done,
        total: progress.total,
        ratePerSecond: progress.ratePerSecond ?? null,
        secondsLeft: whole(progress.secondsLeft),
      };

const progressOf = (
  { waiting, followed }: AccountCounts,
  { ratePerSecond: rate }: ProgressStatus,
): Progress | null =>
  waiting === 0
    ? null
    : {
        done: followed - waiting,
        total: followed,
        ratePerSecond: rate ?? null,
        secondsLeft: rate === undefined || rate <= 0 ? null : whole(waiting / rate),
      };

/** What went wrong concerns everybody; with whose account it did does not. */
const withoutAddresses = (message: string | undefined): string | undefined =>
  message?.replaceAll(/0x[0-9a-f]{5,}/gi, '0x...');

const whole = (seconds: number | undefined): number | null =>
  seconds === undefined || !Number.isFinite(seconds) ? null : Math.max(0, Math.ceil(seconds));
