import {
  CurrentScope,
  INDEXER_STATUS,
  type IndexerStatus,
  parsePoint,
  PurserError,
  requirePoint,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { ChangesRepository, type Differences } from '../changes/changes.repository.ts';
import { historyIncompleteAt } from '../moment.ts';
import { pickNetwork } from '../pick-network.ts';
import { notFollowed, requireListing } from '../policy.reader.ts';
import { SESSION_READ_PORTS, type SessionReadPorts } from '../ports.ts';
import { ChangesArgs } from './arguments.ts';
import { ChangesBetween } from './changes.models.ts';
import { changesView } from './changes.views.ts';
import type { ViewContext } from './views.ts';

const MOST_CHANGES = 500;

@Resolver()
export class ChangesResolver {
  private readonly context: ViewContext;

  constructor(
    @Inject(ChangesRepository) private readonly repository: ChangesRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) status: IndexerStatus,
  ) {
    this.context = { profiles: ports.profiles, status };
  }

  @Query(() => ChangesBetween, {
    nullable: true,
    description:
      'What differs about an account between two blocks: keys, limits, lists, uses, policies, spending, owners, class, each before and after. Null only beside an error.',
  })
  async changes(@Args() args: ChangesArgs, @CurrentScope() scope: RequestScope): Promise<ChangesBetween> {
    const network = pickNetwork(this.ports.networks, args);
    const { account } = args;
    const query = { account, from: requirePoint(args.from, 'from'), to: parsePoint(args.to, 'to') };
    const found = requireListing(
      await this.repository.read(scope, network.networkId, { ...query, limit: MOST_CHANGES + 1 }),
    );
    if (found.accountStatus !== 'FOLLOWED') throw notFollowed(account, found.accountStatus);
    requireOrder(found);
    if (found.coverage.stateFrom === undefined) throw historyIncompleteAt([account], found.from);
    return changesView(account, found, network, MOST_CHANGES, this.context);
  }
}

const requireOrder = ({ from, to }: Differences): void => {
  if (from.blockNumber <= to.blockNumber) return;
  throw new PurserError('BAD_INPUT', 'from must not be after to.', {
    details: { from: from.blockNumber, to: to.blockNumber },
  });
};
