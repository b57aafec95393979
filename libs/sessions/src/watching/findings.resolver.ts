import {
  CurrentScope,
  type CursorScope,
  decodeCursor,
  encodeCursor,
  INDEXER_STATUS,
  type IndexerStatus,
  parsePageSize,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { FindingsArgs } from '../read/graphql/arguments.ts';
import { asOfView } from '../read/graphql/views.ts';
import { pickNetwork } from '../read/pick-network.ts';
import { notFollowed, requireListing } from '../read/policy.reader.ts';
import { SESSION_READ_PORTS, type ServedNetwork, type SessionReadPorts } from '../read/ports.ts';
import { FindingsConnection, findingView } from './findings.models.ts';
import { FindingsRepository } from './findings.repository.ts';
import { findingsOfAccount, findingsOfKey, watchedRules } from './watched.ts';

@Resolver()
export class FindingsResolver {
  constructor(
    @Inject(FindingsRepository) private readonly repository: FindingsRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) private readonly status: IndexerStatus,
  ) {}

  @Query(() => FindingsConnection, {
    nullable: true,
    description:
      'What somebody should look at on an account that is followed and on its session keys: traps of the standard, and what changed under their feet. Null only beside an error.',
  })
  async findings(
    @Args() args: FindingsArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<FindingsConnection> {
    const network = pickNetwork(this.ports.networks, args);
    const size = parsePageSize(args.first);
    const scope = scopeOf(asker, network, args);
    const { account } = args;
    const listing = requireListing(
      await this.repository.list(asker, network.networkId, {
        account,
        sessionKey: args.sessionKey ?? undefined,
        after: args.after ? decodeCursor(scope, args.after, 1)[0] : undefined,
        limit: size + 1,
      }),
    );
    if (listing.accountStatus !== 'FOLLOWED') throw notFollowed(account, listing.accountStatus);
    const profile = listing.classHash === undefined ? undefined : this.ports.profiles.find(listing.classHash);
    const rules = watchedRules(profile);
    const page = toPage(listing.keys, size, {
      hasPrevious: Boolean(args.after),
      cursorOf: ({ session }) => encodeCursor(scope, [feltToHex(session.sessionKey)]),
      nodeOf: (key) => ({
        sessionKey: key.session.sessionKey,
        findings: findingsOfKey(key, rules, listing.block.timestampSeconds).map(findingView),
      }),
    });
    return {
      ...page,
      asOf: asOfView({ network, block: listing.block, source: 'INDEX' }, this.status),
      chainId: network.chainId,
      account,
      accountFindings: findingsOfAccount(listing, profile).map(findingView),
    };
  }
}

const scopeOf = (
  asker: RequestScope,
  { networkId }: ServedNetwork,
  { account, sessionKey }: FindingsArgs,
): CursorScope => ({
  list: 'findings',
  asker,
  filter: {
    networkId,
    account: feltToHex(account),
    sessionKey: sessionKey === null || sessionKey === undefined ? undefined : feltToHex(sessionKey),
  },
});
