import {
  CountScalar,
  CurrentScope,
  INDEXER_STATUS,
  type IndexerStatus,
  indexerStateOf,
  type NetworkStatus,
  type ProgressStatus,
  type StatusBlock,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { decodeShortString } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { CountDeadLetters } from '../metrics/purser-metrics.ts';
import { DEAD_LETTERS } from '../ports.ts';
import { type Block, IndexerNetwork } from './indexer.models.ts';

@Resolver(() => IndexerNetwork)
export class IndexerResolver {
  constructor(
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
    @Inject(DEAD_LETTERS) private readonly countDeadLetters: CountDeadLetters,
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
  accounts: toProgress(status.accounts),
  stopped: status.stopped ?? null,
  lastError: status.lastError ?? null,
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

const whole = (seconds: number | undefined): number | null =>
  seconds === undefined || !Number.isFinite(seconds) ? null : Math.max(0, Math.ceil(seconds));
