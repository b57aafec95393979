import { CurrentScope, parsePageSize } from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import { backfillListStatement, type BackfillJob, backfillProgress, toBackfillJob } from '#libs/facts';
import { pickNetwork, type ServedNetwork } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { Backfill, BackfillArgs } from './backfills.models.ts';

export const BACKFILL_PORTS = Symbol('BackfillPorts');

export interface BackfillPorts {
  readonly db: ScopedDb;
  readonly networks: readonly ServedNetwork[];
}

@Resolver(() => Backfill)
export class BackfillsResolver {
  constructor(@Inject(BACKFILL_PORTS) private readonly ports: BackfillPorts) {}

  @Query(() => [Backfill], {
    description:
      'Work on the history of accounts that were met late: how far it is, and how long it will take.',
  })
  async backfills(@Args() args: BackfillArgs, @CurrentScope() scope: RequestScope): Promise<Backfill[]> {
    const { networkId, chainId } = pickNetwork(this.ports.networks, args);
    const { db } = this.ports;
    const statement = backfillListStatement(db.build, networkId, {
      ...(args.account && { account: args.account }),
      onlyOpen: args.onlyOpen ?? false,
      limit: parsePageSize(args.first),
    });
    return (await db.read(scope, statement)).map((row) => toModel(toBackfillJob(row), chainId));
  }
}

const toModel = (job: BackfillJob, chainId: bigint): Backfill => ({
  jobId: job.jobId,
  chainId,
  account: job.account,
  state: job.state,
  reasonCode: job.reasonCode ?? null,
  fromBlock: job.fromBlock,
  coveredTo: job.coveredTo ?? null,
  callsMade: job.callsMade,
  blocksRead: job.blocksRead,
  progress: backfillProgress(job),
  requestedAt: seconds(job.requestedAt),
  finishedAt: job.finishedAt === undefined ? null : seconds(job.finishedAt),
});

const seconds = (date: Date): bigint => BigInt(Math.floor(date.getTime() / 1000));
