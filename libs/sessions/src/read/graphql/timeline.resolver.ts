import {
  CurrentScope,
  type CursorScope,
  INDEXER_STATUS,
  type IndexerStatus,
  parsePageSize,
  toPage,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { historyOf } from '../history.ts';
import { pickNetwork } from '../pick-network.ts';
import { notFollowed, requireListing } from '../policy.reader.ts';
import { SESSION_READ_PORTS, type SessionReadPorts } from '../ports.ts';
import type { Origin } from '../records.ts';
import { type Timeline, type TimelineEntry, TimelineRepository } from '../timeline/timeline.repository.ts';
import type { TimelineQuery } from '../timeline/timeline.statement.ts';
import { PolicyHistoryArgs, SessionHistoryArgs } from './arguments.ts';
import { decodePageCursor, encodePageCursor } from './page-cursor.ts';
import { PolicyHistoryConnection, SessionHistoryConnection } from './timeline.models.ts';
import { policyEntryView, sessionEntryView } from './timeline.views.ts';
import { asOfView, type ViewContext } from './views.ts';

type ViewOf<Node> = (entry: TimelineEntry, timeline: Timeline, context: ViewContext, chainId: bigint) => Node;

@Resolver()
export class TimelineResolver {
  private readonly context: ViewContext;

  constructor(
    @Inject(TimelineRepository) private readonly timelines: TimelineRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
    @Inject(INDEXER_STATUS) status: IndexerStatus,
  ) {
    this.context = { profiles: ports.profiles, status };
  }

  @Query(() => SessionHistoryConnection, {
    nullable: true,
    description:
      'What the owner did to a session key: granted, granted again, revoked; the newest first. Empty for a key that never was. Null only beside an error.',
  })
  sessionHistory(
    @Args() args: SessionHistoryArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<SessionHistoryConnection> {
    return this.page(asker, args, 'SESSION', undefined, sessionEntryView);
  }

  @Query(() => PolicyHistoryConnection, {
    nullable: true,
    description:
      'What the owner did to the spending policies of a session key: set, set again, removed; the newest first. Null only beside an error.',
  })
  policyHistory(
    @Args() args: PolicyHistoryArgs,
    @CurrentScope() asker: RequestScope,
  ): Promise<PolicyHistoryConnection> {
    return this.page(asker, args, 'POLICY', args.token ?? undefined, policyEntryView);
  }

  private async page<Node>(
    asker: RequestScope,
    args: SessionHistoryArgs,
    subject: TimelineQuery['subject'],
    token: TimelineQuery['token'],
    viewOf: ViewOf<Node>,
  ) {
    const network = pickNetwork(this.ports.networks, args);
    const size = parsePageSize(args.first);
    const { account, sessionKey } = args;
    const filter = {
      networkId: network.networkId,
      account: feltToHex(account),
      sessionKey: feltToHex(sessionKey),
      token: token === undefined ? undefined : feltToHex(token),
    };
    const scope: CursorScope = { list: `history ${subject}`, asker, filter };
    const cursor = decodePageCursor(scope, args.after, 3);
    const [block = '', transaction = '', event = ''] = cursor?.keyset ?? [];
    const after = cursor === undefined ? undefined : ([block, transaction, event] as const);
    const query = { at: cursor?.pin, account, sessionKey, subject, token, after, limit: size + 1 };
    const timeline = requireListing(await this.timelines.read(asker, network.networkId, query));
    if (timeline.accountStatus !== 'FOLLOWED') throw notFollowed(account, timeline.accountStatus);
    const origin: Origin = { network, block: timeline.block, source: 'INDEX' };
    const page = toPage(timeline.entries, size, {
      hasPrevious: cursor !== undefined,
      cursorOf: ({ keyset }) => encodePageCursor(scope, keyset, timeline.block),
      nodeOf: (entry) => viewOf(entry, timeline, this.context, network.chainId),
    });
    const { eventsFrom } = timeline.coverage;
    const history = historyOf({ stateFrom: eventsFrom, eventsFrom });
    return { ...page, asOf: asOfView(origin, this.context.status), history };
  }
}
